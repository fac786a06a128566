import { MillraceError } from '../errors/index.ts'

export type OptionValue = string | number | boolean | bigint
/** Options as objects: nested ones are flattened with dots (`{ kafka: { 'bootstrap.servers': … } }` is `kafka.bootstrap.servers`). */
export interface OptionsObject {
  readonly [name: string]: OptionValue | null | undefined | OptionsObject
}

/** One flat table of texts, as plans hold options. null and undefined leave an option out. */
export function flattenOptions(options: OptionsObject, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined) continue
    if (typeof value === 'object') Object.assign(flat, flattenOptions(value, `${prefix}${name}.`))
    else flat[prefix + name] = optionText(prefix + name, value)
  }
  return flat
}

function optionText(name: string, value: unknown): string {
  if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    throw new MillraceError('INVALID_ARGUMENT', { name, value, expected: 'a text, a number, or true or false' })
  }
  return String(value)
}

/** Adds an option; a key that differs only in case replaces the earlier one, as in Spark. */
export function withOption(options: Readonly<Record<string, string>>, name: string, value: unknown): Readonly<Record<string, string>> {
  const rest = Object.entries(options).filter(([k]) => k.toLowerCase() !== name.toLowerCase())
  return Object.freeze(Object.fromEntries([...rest, [name, optionText(name, value)]]))
}
