import { MillraceError } from '../../errors/index.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/** Bytes of `1g`, `64MB`, `1024`. @throws INVALID_OPTION */
export function sizeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const m = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text)
  const bytes = m ? Math.floor(Number(m[1]) * UNITS[m[2]!.toLowerCase()]!) : 0
  if (bytes > 0) return bytes
  throw new MillraceError('INVALID_OPTION', { option, format: 'delta', value: text, expected: 'a size such as "64m" or "1g"' })
}
