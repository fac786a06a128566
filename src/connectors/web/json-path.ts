import { MillraceError } from '../../errors/index.ts'

/** A step into a JSON value: a field, an element, all of them, or everything below. */
type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'element'; readonly at: number }
  | { readonly kind: 'all' | 'below' }

/** A way into JSON values: every value it leads to, in order. */
export type JsonPath = (value: unknown) => readonly unknown[]

const TOKEN =
  /\.\.|\.?\*|\[\s*\*\s*\]|\[\s*(-?\d+)\s*\]|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\.?([\p{L}_$@][\p{L}\p{N}_$@-]*)/uy

/**
 * Reads a path: `$`, then `.name`, `['name']`, `[0]` (negative from the end), `[*]`, `.*` and `..` as often as needed. The `$` may be left out.
 *
 * @throws JSON_PATH
 * @example jsonPath('rows', '$.data.items[*]')({ data: { items: [1, 2] } }) // [1, 2]
 */
export function jsonPath(option: string, path: string): JsonPath {
  const steps: Step[] = []
  const text = path.trim()
  let at = text.startsWith('$') ? 1 : 0
  while (at < text.length) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    const bare = token?.[4] !== undefined && !token[0].startsWith('.')
    // a name needs its dot, but for the first and behind `..`
    if (!token || (bare && at > 0 && steps.at(-1)?.kind !== 'below')) throw new MillraceError('JSON_PATH', { option, path, at })
    steps.push(stepOf(token))
    at = TOKEN.lastIndex
  }
  if (steps.at(-1)?.kind === 'below') throw new MillraceError('JSON_PATH', { option, path, at: text.length })
  return value => steps.reduce<readonly unknown[]>((values, step) => values.flatMap(v => take(step, v)), [value])
}

function stepOf([token, index, single, double, name]: RegExpExecArray): Step {
  if (token === '..') return { kind: 'below' }
  if (token.includes('*') && single === undefined && double === undefined) return { kind: 'all' }
  if (index !== undefined) return { kind: 'element', at: Number(index) }
  return { kind: 'field', name: name ?? (single ?? double)!.replaceAll(/\\(.)/g, '$1') }
}

function take(step: Step, value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return step.kind === 'below' ? [value] : []
  switch (step.kind) {
    case 'field':
      return !Array.isArray(value) && Object.hasOwn(value, step.name) ? [(value as Record<string, unknown>)[step.name]] : []
    case 'element': {
      const found = Array.isArray(value) ? value.at(step.at) : undefined
      return found === undefined ? [] : [found]
    }
    case 'all':
      return Object.values(value)
    case 'below':
      return [value, ...Object.values(value).flatMap(v => take(step, v))]
  }
}
