import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Frames of ours in a stack: everything below `src/` (or `dist/`), tests excepted. */
const OURS = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * The program line that called into Millrace, as `file:line:column`. Later errors name it.
 * Costs a few microseconds: it is taken once a step, never a row.
 */
export function callerLine(): string | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 12
  const { stack = '' } = new Error()
  Error.stackTraceLimit = limit
  for (const line of stack.split('\n').slice(2)) {
    const place = /(?:\(|at (?:async )?)([^()]+:\d+:\d+)\)?$/.exec(line)?.[1]
    if (!place || place.startsWith('node:')) continue
    const path = place.startsWith('file://') ? decodeURI(place.slice('file://'.length)) : place
    if (!path.startsWith(OURS) || /\.test(-d)?\.ts:/.test(path)) return path
  }
  return undefined
}
