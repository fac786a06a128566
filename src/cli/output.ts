import { styleText } from 'node:util'
import type { Output, Paint } from './command.ts'

const NAMES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const

/** Colours where `stream` is a terminal and nobody said NO_COLOR. */
const paintFor = (stream: NodeJS.WriteStream): Paint =>
  Object.fromEntries(NAMES.map(name => [name, (text: string) => styleText(name, text, { stream })])) as Paint

export const terminalOutput = (json: boolean): Output => ({
  print: text => void process.stdout.write(`${text}\n`),
  note: text => void process.stderr.write(`${text}\n`),
  json,
  paint: paintFor(process.stderr),
})

/** Rows as columns, the first line a head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.map((h, i) => Math.max(h.length, ...rows.map(r => (r[i] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((c, i) => c.padEnd(width[i]!))
      .join('  ')
      .trimEnd()
  return [line(head), line(width.map(w => '-'.repeat(w))), ...rows.map(line)].join('\n')
}

/** Names and values below each other; what is nested is indented. */
export function listing(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value
      .map(
        v =>
          `${indent}${
            isPlain(v)
              ? Object.values(v as object)
                  .map(cell)
                  .join('  ')
              : cell(v)
          }`,
      )
      .join('\n')
  if (!isPlain(value)) return `${indent}${cell(value)}`
  return Object.entries(value as object)
    .map(([key, v]) => (isShort(v) ? `${indent}${key}: ${cell(v)}` : `${indent}${key}:\n${listing(v, `${indent}  `)}`))
    .join('\n')
}
/** Numbers and empty lists stand in one line. */
const isShort = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(v => typeof v === 'number') : !isPlain(value) || Object.keys(value as object).length === 0
const isPlain = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const cell = (value: unknown): string => {
  if (Array.isArray(value) && value.every(v => typeof v === 'number')) return value.length === 0 ? 'none' : value.join(' to ')
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
