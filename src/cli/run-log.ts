import { fileURLToPath } from 'node:url'
import { isMillraceError } from '../errors/index.ts'
import type { RunEvent } from '../project/index.ts'
import type { Output } from './command.ts'

type Words = { readonly [K in RunEvent['event']]: (event: Extract<RunEvent, { event: K }>, out: Output) => string | undefined }

const reason = (text: string | undefined): string => (text ? `: ${text}` : '')
const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** What a person reads about each event: never "completed" while something runs. */
const WORDS: Words = {
  'run-started': ({ pipeline, env, nodes, runId }) =>
    `run ${runId}: ${pipeline === '__default__' ? 'the default pipeline' : `pipeline ${pipeline}`}, ${plural(nodes.length, 'node')}, environment ${env}`,
  loading: ({ dataset, what }) => `loading ${dataset} (${what})`,
  running: ({ node, inputs, outputs }) => `running ${node}: ${inputs.join(', ') || 'nothing'} -> ${outputs.join(', ') || 'nothing'}`,
  saving: ({ dataset, what }) => `saving ${dataset} (${what})`,
  waiting: ({ node, for: names }) => `waiting: ${node} starts after the first batch of ${names.join(', ')}`,
  node: ({ node, state, number, of, reason: why }, { paint }) => {
    const line = `${state} ${number} of ${of}: ${node}${reason(why)}`
    return state === 'failed' ? paint.red(line) : state === 'skipped' ? paint.yellow(line) : paint.bold(line)
  },
  'all-started': ({ streams }) => `${plural(streams, 'stream')} running; Ctrl-C stops ${streams === 1 ? 'it' : 'them'}`,
  // The node's own line says it.
  'stream-started': () => undefined,
  batch: ({ query, progress: p }, { paint }) => {
    const written = p.sink.numOutputRows >= 0 ? `, ${plural(p.sink.numOutputRows, 'row')} out` : ''
    const late = p.stateOperators.reduce((n, o) => n + o.numRowsDroppedByWatermark, 0)
    return `batch ${p.batchId} of ${query}: ${plural(p.numInputRows, 'row')} in${written}, ${p.batchDuration} ms${late > 0 ? paint.yellow(`, ${late} late`) : ''}`
  },
  restarting: ({ query, attempt, of, inMs, reason: why }, { paint }) =>
    paint.yellow(`restarting ${query} in ${inMs} ms, attempt ${attempt} of ${of}${reason(why)}`),
  stream: ({ query, state, reason: why }, { paint }) =>
    state === 'failed' ? paint.red(`failed: ${query}${reason(why)}`) : `${state}: ${query}${state === 'stopped' ? reason(why) : ''}`,
  error: ({ error }, { paint }) => paint.red(errorText(error)),
  warning: ({ text }, { paint }) => paint.yellow(`warning: ${text}`),
  'run-ended': ({ state, failed }, { paint }) => {
    if (state === 'failed') return paint.red(`run failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`)
    return state === 'stopped' ? 'run stopped; the next one goes on where this one was' : paint.green('run done')
  },
}

/** A line for an event; a failed stream brings its whole error. */
export function runLine(event: RunEvent, out: Output): string | undefined {
  const words = (WORDS[event.event] as (e: RunEvent, o: Output) => string | undefined)(event, out)
  if (event.event !== 'stream' || event.state !== 'failed') return words
  return `${words}\n${out.paint.red(errorText(event.error))}`
}

/** Without a stack where a person can mend it; a person's own function has its own lines in it. */
export function errorText(error: unknown): string {
  if (isMillraceError(error)) {
    const own = error.cause instanceof Error && !isMillraceError(error.cause) ? projectLines(error.cause) : []
    return [error.message, ...own].join('\n')
  }
  if (!(error instanceof Error)) return String(error)
  return 'syscall' in error ? error.message : (error.stack ?? error.message)
}

/** Where in the project's own files something was thrown. */
const projectLines = (error: Error): readonly string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter(line => /^\s+at /.test(line) && !line.includes('node:') && !line.includes('/node_modules/') && !line.includes(OURS))
    .slice(0, 4)
const OURS = fileURLToPath(new URL('..', import.meta.url))

/** An event as one line of JSON. */
export const runJson = (event: RunEvent, at: string): string =>
  JSON.stringify({ at, ...event }, (_, value: unknown) =>
    value instanceof Error
      ? isMillraceError(value)
        ? { condition: value.condition, message: value.message }
        : { message: value.message }
      : typeof value === 'bigint'
        ? String(value)
        : value,
  )
