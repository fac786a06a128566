import { parseArgs } from 'node:util'
import { seconds, UsageError } from '../command-line.ts'

export const HELP = `Replays a week of New York's subway turnstiles and sums the riders per window, exactly once.

  npm start -- [options]

  --data FILE       a weekly file as the MTA publishes it, plain or gzipped (default: a generated week)
  --duration N      length of a window: "4 hours", or a bare number of minutes (default 240)
  --slide N         windows begin every N (default: the duration)
  --watermark N     how long the stream waits for late readings (default: the duration)
  --speed N|max     event seconds per second (default 14400: a week in 42 seconds)
  --duplicates P    percent of the messages that come twice (default 1)
  --late P          percent held back beyond the watermark (default 0.5)
  --dir DIR         where lake/ and the checkpoint live (default: here)
  --exit-at-end     end with the week, after the last window is closed (without it: wait for more, Ctrl-C stops)
  --fresh           start over: removes the lake and the checkpoint of an earlier run first
  --json            the summary as one last line of JSON
  --help`

export interface Arguments {
  readonly data: string | undefined
  readonly durationSeconds: number
  readonly slideSeconds: number
  readonly watermarkSeconds: number
  readonly speed: number | 'max'
  readonly duplicates: number
  readonly late: number
  readonly dir: string
  readonly exitAtEnd: boolean
  readonly fresh: boolean
  readonly json: boolean
}

function share(option: string, text: string): number {
  const percent = Number(text)
  if (!(percent >= 0 && percent <= 100)) throw new UsageError(`--${option} takes a percentage from 0 to 100, got "${text}"`)
  return percent / 100
}

function parse(argv: readonly string[]): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...argv],
      options: {
        data: text,
        duration: text,
        slide: text,
        watermark: text,
        speed: text,
        duplicates: text,
        late: text,
        dir: text,
        'exit-at-end': flag,
        fresh: flag,
        json: flag,
        help: flag,
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('\n')[0]}\nSee: npm start -- --help`)
  }
}

/** Reads the command line; undefined = help was asked for. */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const given = parse(argv)
  if (given.help) return undefined
  const text = (name: string): string | undefined => given[name] as string | undefined
  const durationSeconds = seconds('duration', text('duration') ?? '240')
  const slideSeconds = seconds('slide', text('slide') ?? String(durationSeconds / 60))
  if (slideSeconds > durationSeconds) throw new UsageError('--slide must not be longer than --duration')
  const speed = text('speed') ?? '14400'
  if (speed !== 'max' && !(Number(speed) > 0)) throw new UsageError(`--speed takes event seconds per second or "max", got "${speed}"`)
  return {
    data: text('data'),
    durationSeconds,
    slideSeconds,
    watermarkSeconds: seconds('watermark', text('watermark') ?? String(durationSeconds / 60)),
    speed: speed === 'max' ? 'max' : Number(speed),
    duplicates: share('duplicates', text('duplicates') ?? '1'),
    late: share('late', text('late') ?? '0.5'),
    dir: text('dir') ?? '.',
    exitAtEnd: given['exit-at-end'] === true,
    fresh: given.fresh === true,
    json: given.json === true,
  }
}
