import type { ConfEntry, ConfNode } from '../conf/index.ts'

/** A key such as `"{name}_stream"`: an entry for every name that fits. */
export const isPattern = (key: string): boolean => /\{[^{}]*\}/.test(key)

interface Pattern {
  readonly key: string
  readonly regex: RegExp
  readonly names: readonly string[]
  /** Characters outside braces: the more, the closer the fit. */
  readonly literal: number
}

function patternOf(key: string): Pattern {
  const names: string[] = []
  const source = key
    .split(/(\{[^{}]*\})/)
    .map(part => {
      const name = /^\{([^{}]*)\}$/.exec(part)?.[1]
      if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      const before = names.indexOf(name)
      if (before >= 0) return `\\${before + 1}`
      names.push(name)
      return '(.+?)'
    })
    .join('')
  return { key, regex: new RegExp(`^${source}$`), names, literal: key.replaceAll(/\{[^{}]*\}/g, '').length }
}

/** A pattern that fits a name, and what its braces stand for. */
export interface PatternMatch {
  readonly pattern: string
  readonly values: Readonly<Record<string, string>>
}

/** The pattern closest to a name, as Kedro ranks them: most letters outside braces, then most braces, then the alphabet. */
export function matchPattern(name: string, patterns: Iterable<string>): PatternMatch | undefined {
  const fitting = [...patterns].map(patternOf).flatMap(p => {
    const match = p.regex.exec(name)
    return match ? [{ p, match }] : []
  })
  const [best] = fitting.sort((a, b) => b.p.literal - a.p.literal || b.p.names.length - a.p.names.length || (a.p.key < b.p.key ? -1 : 1))
  return best && { pattern: best.p.key, values: Object.fromEntries(best.p.names.map((n, i) => [n, best.match[i + 1]!])) }
}

/** An entry with the braces of its pattern filled in, in every text. Braces of no pattern stay: they may be options. */
export function filledIn(node: ConfNode, values: Readonly<Record<string, string>>): ConfNode {
  if (node.kind === 'list') return { ...node, items: node.items.map(item => filledIn(item, values)) }
  if (node.kind === 'map') {
    const entries = [...node.entries].map(([key, e]): [string, ConfEntry] => [key, { key: e.key, node: filledIn(e.node, values) }])
    return { ...node, entries: new Map(entries) }
  }
  if (typeof node.value !== 'string') return node
  return { ...node, value: node.value.replaceAll(/(?<!\$)\{(\w+)\}/g, (all, name: string) => values[name] ?? all) }
}
