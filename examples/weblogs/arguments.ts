import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { UsageError } from '../command-line.ts'
import type { Source } from './pipeline.ts'

export const USAGE = `A web server's log into a table of Snowflake, every 30 seconds.

  npm run weblogs -- --options FILE (--bootstrap HOST:PORT | --logs DIR) [options]

  --options FILE    Snowflake's options, a name=value a line: sfURL=…, sfUser=…, pem_private_key=rsa_key.p8, sfDatabase=…, sfSchema=PUBLIC,
                    sfWarehouse=COMPUTE_WH, streaming_stage=mystage
  --bootstrap LIST  brokers of Kafka
  --topic TOPIC     default weblogs
  --logs DIR        or: a directory of log files
  --table NAME      default WEB_LOGS
  --every TIME      default 30 seconds
  --dir DIR         where checkpoint/ lives (default: weblogs)
  --exit-at-end     end when all that is there is written
  --ddl             only print what makes the table
  --help`

export interface Arguments extends Source {
  readonly snowflake: Readonly<Record<string, string>>
  readonly table: string
  readonly every: string
  readonly dir: string
  readonly ends: boolean
  readonly ddl: boolean
}

const refuse = (why: string): UsageError => new UsageError(`${why}\n\n${USAGE}`)

/** Reads the command line; undefined = help was asked for. */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const given = parse(argv)
  if (given['help']) return undefined
  const text = (name: string): string | undefined => given[name] as string | undefined
  const [options, bootstrap, logs] = [text('options'), text('bootstrap'), text('logs')]
  const ddl = given['ddl'] === true
  if (!ddl && options === undefined) throw refuse('give --options')
  if (!ddl && (bootstrap === undefined) === (logs === undefined)) throw refuse('give --bootstrap or --logs, one of them')
  return {
    from: logs !== undefined ? { directory: logs } : { bootstrapServers: bootstrap ?? '', topic: text('topic') ?? 'weblogs' },
    snowflake: options === undefined ? {} : optionsIn(options),
    table: text('table') ?? 'WEB_LOGS',
    every: text('every') ?? '30 seconds',
    dir: text('dir') ?? 'weblogs',
    ends: given['exit-at-end'] === true,
    ddl,
  }
}

function parse(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const texts = ['options', 'bootstrap', 'topic', 'logs', 'table', 'every', 'dir']
  const flags = ['exit-at-end', 'ddl', 'help']
  const options = {
    ...Object.fromEntries(texts.map(name => [name, { type: 'string' } as const])),
    ...Object.fromEntries(flags.map(name => [name, { type: 'boolean' } as const])),
  }
  try {
    return parseArgs({ args: [...argv], options }).values as Record<string, string | boolean | undefined>
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]!)
  }
}

/** `name=value` lines; # begins a comment. */
function optionsIn(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n')
  const pairs = lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    pairs.map(line => {
      const at = line.indexOf('=')
      if (at < 1) throw refuse(`${file}: "${line.slice(0, 20)}" is no name=value`)
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    }),
  )
}
