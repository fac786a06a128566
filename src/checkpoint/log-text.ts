import { MillraceError } from '../errors/index.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

export const toBytes = (text: string): Uint8Array => encoder.encode(text)

export const malformed = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('MALFORMED_LOG_FILE', { path, reason }, cause === undefined ? {} : { cause })

export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw malformed(path, 'not UTF-8 text', error)
  }
}

/** Splits a log file into its version (first line, `v1`) and the lines after it. */
export function versioned(path: string, text: string, supported: number): { readonly version: number; readonly lines: readonly string[] } {
  const [head, ...lines] = text.split('\n')
  if (text === '') throw malformed(path, 'it is empty')
  const version = /^v([1-9]\d{0,8})$/.exec(head!.trimEnd())
  if (!version) throw malformed(path, `the first line must be a version such as "v1", got ${JSON.stringify(head!.slice(0, 40))}`)
  const found = Number(version[1])
  if (found > supported) throw new MillraceError('UNSUPPORTED_LOG_VERSION', { path, found, supported })
  return { version: found, lines }
}

/** A line that must be a JSON object. */
export function objectLine(path: string, line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw malformed(path, `not a JSON object: ${JSON.stringify(line.slice(0, 80))}`, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(path, `not a JSON object: ${line.slice(0, 80)}`)
  return value as Record<string, unknown>
}

/** A whole number under a key, `0` when the key is absent. */
export function longAt(path: string, object: Readonly<Record<string, unknown>>, key: string): number {
  const value = object[key] ?? 0
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(path, `"${key}" must be a whole number`)
  return value
}
