/** Numbers that a JavaScript number may not hold exactly as they are written. */
const DELICATE = /\d{16}|\d[.eE]/

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}

/** Parses JSON so that `JSON.stringify` gives its numbers back as they were written: `1.10` and ids of twenty digits stay. */
export function parseExactly(text: string): unknown {
  if (!DELICATE.test(text)) return JSON.parse(text)
  const keep: Reviver = (_, value, { source }) => (typeof value === 'number' && String(value) !== source ? rawJSON(source!) : value)
  return JSON.parse(text, keep as never)
}

/** A scalar as text; undefined for what is none. */
export function scalarText(value: unknown): string | undefined {
  if (isRawJSON(value)) return value.rawJSON
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** Which of two keys is greater: as numbers where both are, else as texts. */
export function compareKeys(a: string, b: string): number {
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return Number(BigInt(a) - BigInt(b) > 0n) - Number(BigInt(a) - BigInt(b) < 0n)
  if (NUMBER.test(a) && NUMBER.test(b)) return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}
