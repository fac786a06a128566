import { CONDITIONS, type ConditionName, isMillraceError, MillraceError } from '../../../errors/index.ts'
import { FAILURE } from '../lower/context.ts'
import { conditionOf } from '../lower/failures.ts'

/** The JSON object that begins at `from`, by counting braces outside of strings. */
function objectAt(text: string, from: number): string | undefined {
  let depth = 0
  let quoted = false
  for (let i = from; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{') depth++
    else if (c === '}' && --depth === 0) return text.slice(from, i + 1)
  }
  return undefined
}

function ours(message: string, cause: unknown): MillraceError | undefined {
  const at = message.indexOf(FAILURE)
  if (at < 0) return undefined
  const json = objectAt(message, at + FAILURE.length)
  if (!json) return undefined
  const { condition, ...params } = JSON.parse(json) as { condition: string } & Record<string, unknown>
  if (!(condition in CONDITIONS))
    return new MillraceError('ENGINE_FAILED', { message: `${condition} ${JSON.stringify(params)}` }, { cause })
  return new MillraceError(condition as ConditionName, params as never, { cause })
}

const firstLine = (message: string): string => message.split('\n')[0]!.replace(/^[A-Z][\w ]* Error: /, '')

/** What DuckDB says in its own words, and what it means. */
const KNOWN: readonly { readonly says: RegExp; readonly as: (message: string, cause: unknown) => MillraceError }[] = [
  {
    says: /No space left on device|Could not write .*: (?:Disk|No space)|max_temp_directory_size/,
    as: (message, cause) =>
      new MillraceError('DISK_FULL', { path: /file "([^"]+)"/.exec(message)?.[1] ?? 'the temporary directory' }, { cause }),
  },
  // Its further lines name settings of DuckDB, which nobody here can set.
  { says: /^Out of Memory Error/, as: (message, cause) => new MillraceError('OUT_OF_MEMORY', { message: firstLine(message) }, { cause }) },
  {
    says: /^IO Error|^Invalid Input Error: No magic bytes|^TProtocolException/,
    as: (message, cause) => new MillraceError('FILE_NOT_READABLE', { message }, { cause }),
  },
  {
    says: /^Out of Range Error: Overflow|Overflow in|out of range for|^Conversion Error: .*(?:out of range|Could not cast)/,
    as: (message, cause) => new MillraceError('VALUE_OUT_OF_RANGE', { message: firstLine(message) }, { cause }),
  },
]

/** An error of DuckDB as a condition of the table; `thrown` is what a callback of ours threw that caused it. */
export function engineError(error: unknown, sql: string, thrown?: unknown): unknown {
  if (isMillraceError(error)) return error
  if (thrown !== undefined) return thrown
  const message = error instanceof Error ? error.message : String(error)
  const found = ours(message, error)
  if (found) return found
  const failed = conditionOf(message)
  if (failed) return new MillraceError(failed.condition as ConditionName, failed.params as never, { cause: error })
  const known = KNOWN.find(k => k.says.test(message))
  if (known) return known.as(message, error)
  return new MillraceError(
    'ENGINE_FAILED',
    { message },
    { cause: error, details: [`while running: ${sql.length > 2000 ? `${sql.slice(0, 2000)} …` : sql}`] },
  )
}
