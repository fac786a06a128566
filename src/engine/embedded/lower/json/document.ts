/** A number as it stands in the text: no digit of it is lost. */
export class JsonNumber {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}
export type Json = null | boolean | string | JsonNumber | Json[] | { readonly [key: string]: Json }

/** A JSON text, or undefined where it is none. Numbers keep their text. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text, (_, value, context?: { source: string }) =>
      typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value,
    ) as Json
  } catch {
    return undefined
  }
}

export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)

/** A value as JSON text without blanks. */
function jsonText(value: Json): string {
  if (value instanceof JsonNumber) return value.source
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([k, v]) => `${JSON.stringify(k)}:${jsonText(v)}`)
      .join(',')}}`
  return JSON.stringify(value)
}
/** As a function answers it: a string bare, everything else as JSON; null for JSON's null. */
export const bareText = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : jsonText(value)

type Step = { readonly key: string } | { readonly index: number } | { readonly every: 'key' | 'index' }

/** `$`, `.name`, `['name']`, `[0]`, `[*]`, `.*`; undefined for anything else. */
function parsePath(path: string): readonly Step[] | undefined {
  if (path[0] !== '$') return undefined
  const steps: Step[] = []
  const part = /\.\*|\[\s*\*\s*\]|\[\s*(\d+)\s*\]|\['([^']*)'\]|\.([^.[]+)/y
  for (let at = 1; at < path.length; at = part.lastIndex) {
    part.lastIndex = at
    const m = part.exec(path)
    if (!m) return undefined
    if (m[1] !== undefined) steps.push({ index: Number(m[1]) })
    else if (m[2] !== undefined || m[3] !== undefined) steps.push(m[2] === '*' ? { every: 'key' } : { key: (m[2] ?? m[3])! })
    else steps.push({ every: m[0] === '.*' ? 'key' : 'index' })
  }
  return steps
}

/** All that a path points at. A name steps into each element of an array. */
function follow(value: Json, steps: readonly Step[], at = 0): Json[] {
  const step = steps[at]
  if (step === undefined) return value === null ? [] : [value]
  if ('key' in step) {
    if (isObject(value)) return Object.hasOwn(value, step.key) ? follow(value[step.key]!, steps, at + 1) : []
    return Array.isArray(value) && at > 0 && 'every' in steps[at - 1]! ? value.flatMap(v => follow(v, steps, at)) : []
  }
  if ('index' in step) return Array.isArray(value) && step.index < value.length ? follow(value[step.index]!, steps, at + 1) : []
  return Array.isArray(value) ? value.flatMap(v => follow(v, steps, at + 1)) : []
}

/** What a path points at in a text. With `[*]`, several values are an array, and a single one stands as JSON. */
export function valueAtPath(text: string, path: string): string | null {
  const steps = parsePath(path)
  const root = steps && readJson(text)
  if (!steps || root === undefined) return null
  const found = follow(root, steps)
  if (!steps.some(s => 'every' in s)) return bareText(found[0])
  return found.length === 0 ? null : found.length === 1 ? jsonText(found[0]!) : jsonText(found)
}
