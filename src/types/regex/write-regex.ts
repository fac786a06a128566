import { type CharSet, type JavaRegex, LINE_ENDS, type Node, RegexProblem } from './java-regex.ts'

const code = (c: number, digits: string): string => {
  const text = String.fromCodePoint(c)
  return /^[A-Za-z0-9 _]$/.test(text) ? text : digits
}

// RE2 --------------------------------------------------------------------------------------------------------------------------------

/**
 * The same expression for RE2 (what DuckDB has), or undefined where RE2 lacks something or means something else by it.
 * `whole`: only whether there is a match counts, not where it ends; then `$` may take in a last line end.
 */
export function toRe2(regex: JavaRegex, whole: boolean): string | undefined {
  try {
    const text = re2(regex.root, whole)
    return text
  } catch (problem) {
    if (problem === NOT_IN_RE2) return undefined
    throw problem
  }
}
const NOT_IN_RE2 = Symbol('not in RE2')
const refuse = (): never => {
  throw NOT_IN_RE2
}

const re2Char = (c: number): string => code(c, `\\x{${c.toString(16)}}`)
function re2Set(set: CharSet): string {
  if (set.and.length > 0 || set.nested.some(n => n.negated !== false || n.and.length > 0 || n.nested.length > 0)) return refuse()
  const all = [set, ...set.nested]
  const body = all.flatMap(s => [
    ...s.ranges.map(([a, b]) => (a === b ? re2Char(a) : `${re2Char(a)}-${re2Char(b)}`)),
    ...s.properties.map(p => (/=|..../.test(p.name) ? refuse() : `\\${p.negated ? 'P' : 'p'}{${p.name}}`)),
  ])
  if (!set.negated && body.length === 1 && set.ranges.length === 1 && set.ranges[0]![0] === set.ranges[0]![1]) return body[0]!
  return body.length === 0 ? refuse() : `[${set.negated ? '^' : ''}${body.join('')}]`
}

function re2(node: Node, last: boolean): string {
  switch (node.is) {
    case 'set':
      return re2Set(node.set)
    case 'start':
      return '\\A'
    case 'veryEnd':
      return '\\z'
    case 'end':
      return last ? `(?:\\r\\n|${re2Set(LINE_ENDS)})?\\z` : refuse()
    case 'wordEdge':
      return '\\b'
    case 'noWordEdge':
      return '\\B'
    case 'group':
      return node.kind === 'capture' ? `(${re2(node.body, last)})` : node.kind === 'plain' ? `(?:${re2(node.body, last)})` : refuse()
    case 'repeat': {
      const tooMany = node.min > 1000 || (node.max > 1000 && node.max !== Number.POSITIVE_INFINITY)
      // A repeated part that may be empty ends its last round differently in the two engines.
      if (node.mode === 'possessive' || tooMany || canBeEmpty(node.body)) return refuse()
      return `${unit(node.body, re2(node.body, false))}${count(node)}`
    }
    case 'sequence':
      return node.items.map((n, i) => re2(n, last && i === node.items.length - 1)).join('')
    case 'choice':
      return node.options.map(n => re2(n, last)).join('|')
    default:
      return refuse()
  }
}

const unit = (node: Node, text: string): string => (node.is === 'set' || node.is === 'group' ? text : `(?:${text})`)
function count({ min, max, mode }: Extract<Node, { is: 'repeat' }>): string {
  const range = `${min},${max}`
  const sign =
    range === '0,Infinity'
      ? '*'
      : range === '1,Infinity'
        ? '+'
        : range === '0,1'
          ? '?'
          : max === min
            ? `{${min}}`
            : `{${min},${max === Number.POSITIVE_INFINITY ? '' : max}}`
  return `${sign}${mode === 'lazy' ? '?' : ''}`
}

/** May the expression match nothing? */
export function canBeEmpty(node: Node): boolean {
  switch (node.is) {
    case 'set':
      return false
    case 'group':
      return node.kind === 'capture' || node.kind === 'plain' || node.kind === 'atomic' ? canBeEmpty(node.body) : true
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body)
    case 'sequence':
      return node.items.every(canBeEmpty)
    case 'choice':
      return node.options.some(canBeEmpty)
    default:
      return true
  }
}

// JavaScript -------------------------------------------------------------------------------------------------------------------------

/** The same expression for JavaScript; `groups[i]` is where Java's group i stands among its groups. */
export interface JsRegex {
  readonly regexp: RegExp
  readonly groups: readonly number[]
}

/** @throws RegexProblem where JavaScript would answer otherwise. */
export function toJs(regex: JavaRegex): JsRegex {
  const writer = new JsWriter(regex)
  const source = writer.write(regex.root, false, false)
  return { regexp: new RegExp(source, 'gdv'), groups: writer.groups }
}

const jsChar = (c: number): string => code(c, `\\u{${c.toString(16)}}`)
function jsSet(set: CharSet): string {
  const body = [
    ...set.ranges.map(([a, b]) => (a === b ? jsChar(a) : `${jsChar(a)}-${jsChar(b)}`)),
    ...set.properties.map(p => `\\${p.negated ? 'P' : 'p'}{${p.name}}`),
    ...set.nested.map(jsSet),
  ].join('')
  const cut = set.and.length > 0 ? `[${body}]${set.and.map(n => `&&${jsSet(n)}`).join('')}` : body
  return `[${set.negated ? '^' : ''}${cut}]`
}
const AFTER_LINE = `(?<=^|[\\n\\u0085\\u2028\\u2029]|\\r(?!\\n))(?=[\\u{0}-\\u{10ffff}])`
const ANCHORS: Readonly<Record<string, string>> = {
  start: '^',
  veryEnd: '$',
  end: `(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\u0085\\u2028\\u2029])?$)`,
  lineStart: AFTER_LINE,
  lineEnd: `(?=$|\\r|(?<!\\r)\\n|[\\u0085\\u2028\\u2029])`,
  wordEdge: '\\b',
  noWordEdge: '\\B',
}
const OPEN: Readonly<Record<string, string>> = { plain: '(?:', ahead: '(?=', notAhead: '(?!', behind: '(?<=', notBehind: '(?<!' }

class JsWriter {
  readonly groups: number[] = [0]
  readonly #regex: JavaRegex
  /** Groups that may be left out of a match. */
  readonly #loose = new Set<number>()
  #count = 0

  constructor(regex: JavaRegex) {
    this.#regex = regex
  }

  write(node: Node, repeated: boolean, loose: boolean): string {
    switch (node.is) {
      case 'set':
        return jsSet(node.set)
      case 'group':
        return this.#group(node, repeated, loose)
      case 'repeat':
        return this.#repeat(node, repeated, loose)
      case 'backReference': {
        const place = this.groups[node.index]
        if (place === undefined || this.#loose.has(node.index)) throw new RegexProblem('a reference to a group that may be left out', false)
        return `(?:\\${place})`
      }
      case 'sequence':
        return node.items.map(n => this.write(n, repeated, loose)).join('')
      case 'choice':
        return node.options.map(n => this.write(n, repeated, true)).join('|')
      default:
        return ANCHORS[node.is]!
    }
  }

  #group(node: Extract<Node, { is: 'group' }>, repeated: boolean, loose: boolean): string {
    if (node.kind === 'atomic') return this.#atomic(() => this.write(node.body, repeated, loose))
    if (node.kind !== 'capture') return `${OPEN[node.kind]}${this.write(node.body, repeated, loose)})`
    // JavaScript forgets a group at each round of a repetition, Java keeps its last match.
    if (repeated && this.#regex.groups > 0)
      throw new RegexProblem('a group inside a repeated part, beside what only JavaScript can match', false)
    if (loose) this.#loose.add(node.index!)
    this.groups[node.index!] = ++this.#count
    return `(${this.write(node.body, repeated, loose)})`
  }

  #repeat(node: Extract<Node, { is: 'repeat' }>, repeated: boolean, loose: boolean): string {
    const inner = () => `(?:${this.write(node.body, repeated || node.max > 1, loose || node.min === 0)})${count(node)}`
    return node.mode === 'possessive' ? this.#atomic(inner) : inner()
  }

  /** A look-ahead does not go back into itself: what it took is then matched again. */
  #atomic(write: () => string): string {
    const place = ++this.#count
    return `(?:(?=(${write()}))\\${place})`
  }
}
