/** A Java regular expression as a tree; flags are already worked into its nodes. */
export type Node =
  | { readonly is: 'set'; readonly set: CharSet }
  | { readonly is: 'start' | 'lineStart' | 'end' | 'lineEnd' | 'veryEnd' | 'wordEdge' | 'noWordEdge' }
  | { readonly is: 'group'; readonly kind: GroupKind; readonly index?: number; readonly body: Node }
  | {
      readonly is: 'repeat'
      readonly body: Node
      readonly min: number
      readonly max: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly is: 'backReference'; readonly index: number }
  | { readonly is: 'sequence'; readonly items: readonly Node[] }
  | { readonly is: 'choice'; readonly options: readonly Node[] }
export type GroupKind = 'capture' | 'plain' | 'ahead' | 'notAhead' | 'behind' | 'notBehind' | 'atomic'

/** Characters by ranges of code points, Unicode properties and nested sets; `and` are sets it is cut with. */
export interface CharSet {
  readonly negated: boolean
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** Unicode property as both engines write it in braces: `Lu`, `Script=Greek`. */
  readonly properties: readonly { readonly name: string; readonly negated: boolean }[]
  readonly nested: readonly CharSet[]
  readonly and: readonly CharSet[]
}

export interface JavaRegex {
  readonly root: Node
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/** The pattern is no Java regular expression (`wrong`), or one that is not built here (`unsupported`). */
export class RegexProblem extends Error {
  readonly wrong: boolean
  constructor(message: string, wrong = true) {
    super(message)
    this.wrong = wrong
  }
}

export const ranges = (...list: (readonly [number, number])[]): CharSet => ({
  negated: false,
  ranges: list,
  properties: [],
  nested: [],
  and: [],
})
const one = (c: number): CharSet => ranges([c, c])
export const negate = (set: CharSet): CharSet => ({ ...set, negated: !set.negated })

const span = (a: string, b = a): readonly [number, number] => [a.codePointAt(0)!, b.codePointAt(0)!]
const DIGIT = ranges(span('0', '9'))
const WORD = ranges(span('a', 'z'), span('A', 'Z'), span('_'), span('0', '9'))
const SPACE = ranges([9, 13], [32, 32])
const BLANK = ranges([9, 9], [32, 32])
/** What ends a line, for `.`, `^` and `$`. */
export const LINE_ENDS = ranges([10, 10], [13, 13], [0x85, 0x85], [0x2028, 0x2029])
const EVERYTHING = ranges([0, 0x10ffff])
const HORIZONTAL = ranges(
  [9, 9],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
)
const VERTICAL = ranges([10, 13], [0x85, 0x85], [0x2028, 0x2029])

const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: negate(DIGIT),
  w: WORD,
  W: negate(WORD),
  s: SPACE,
  S: negate(SPACE),
  h: HORIZONTAL,
  H: negate(HORIZONTAL),
  v: VERTICAL,
  V: negate(VERTICAL),
}
const POSIX: Readonly<Record<string, CharSet>> = {
  Lower: ranges(span('a', 'z')),
  Upper: ranges(span('A', 'Z')),
  ASCII: ranges([0, 127]),
  Alpha: ranges(span('a', 'z'), span('A', 'Z')),
  Digit: DIGIT,
  Alnum: ranges(span('a', 'z'), span('A', 'Z'), span('0', '9')),
  Punct: ranges([33, 47], [58, 64], [91, 96], [123, 126]),
  Graph: ranges([33, 126]),
  Print: ranges([32, 126]),
  Blank: BLANK,
  Cntrl: ranges([0, 31], [127, 127]),
  XDigit: ranges(span('0', '9'), span('a', 'f'), span('A', 'F')),
  Space: SPACE,
}
const CATEGORIES = /^(?:C[cfnos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/
const SIMPLE: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

interface Flags {
  readonly i: boolean
  readonly s: boolean
  readonly m: boolean
}

/** @throws RegexProblem */
export function parseJavaRegex(pattern: string): JavaRegex {
  return new Parser(pattern).run()
}

class Parser {
  readonly #text: readonly string[]
  #at = 0
  #groups = 0
  readonly #names = new Map<string, number>()
  #flags: Flags = { i: false, s: false, m: false }

  constructor(pattern: string) {
    this.#text = [...pattern]
  }

  run(): JavaRegex {
    const root = this.#choice()
    if (this.#at < this.#text.length) throw new RegexProblem('Unmatched closing ")"')
    return { root, groups: this.#groups, names: this.#names }
  }

  #peek(offset = 0): string | undefined {
    return this.#text[this.#at + offset]
  }
  #looking(word: string): boolean {
    return [...word].every((c, i) => this.#peek(i) === c)
  }
  #take(word: string): boolean {
    if (!this.#looking(word)) return false
    this.#at += [...word].length
    return true
  }

  #choice(): Node {
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    return options.length === 1 ? options[0]! : { is: 'choice', options }
  }

  #sequence(): Node {
    const items: Node[] = []
    for (let c = this.#peek(); c !== undefined && c !== '|' && c !== ')'; c = this.#peek()) {
      const atom = this.#atom()
      if (atom) items.push(this.#quantified(atom))
    }
    return items.length === 1 ? items[0]! : { is: 'sequence', items }
  }

  #quantified(atom: Node): Node {
    let node = atom
    for (let range = this.#quantifier(); range; range = this.#quantifier()) {
      const mode = this.#take('?') ? 'lazy' : this.#take('+') ? 'possessive' : 'greedy'
      node = { is: 'repeat', body: node, ...range, mode }
    }
    return node
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (this.#take('?')) return { min: 0, max: 1 }
    if (this.#peek() !== '{') return undefined
    const m = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 30).join(''))
    if (!m) throw new RegexProblem('Illegal repetition')
    this.#at += m[0].length
    const min = Number(m[1])
    const max = m[2] === undefined ? min : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3])
    if (max < min) throw new RegexProblem('Illegal repetition range')
    return { min, max }
  }

  #atom(): Node | undefined {
    const c = this.#text[this.#at++]!
    switch (c) {
      case '(':
        return this.#group()
      case '[':
        return { is: 'set', set: this.#folded(this.#charClass()) }
      case '.':
        return { is: 'set', set: this.#flags.s ? EVERYTHING : negate(LINE_ENDS) }
      case '^':
        return { is: this.#flags.m ? 'lineStart' : 'start' }
      case '$':
        return { is: this.#flags.m ? 'lineEnd' : 'end' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw new RegexProblem(`Dangling meta character '${c}'`)
      case '{':
        throw new RegexProblem('Illegal repetition')
      default:
        return this.#character(c.codePointAt(0)!)
    }
  }

  #character(code: number): Node {
    return { is: 'set', set: this.#folded(one(code)) }
  }

  /** Under (?i) the other case of ASCII letters belongs to a set, too. */
  #folded(set: CharSet): CharSet {
    if (!this.#flags.i) return set
    const more: [number, number][] = []
    for (const [from, to] of set.ranges) {
      for (const [low, high, shift] of [
        [65, 90, 32],
        [97, 122, -32],
      ] as const) {
        const [a, b] = [Math.max(from, low), Math.min(to, high)]
        if (a <= b) more.push([a + shift, b + shift])
      }
    }
    return {
      ...set,
      ranges: [...set.ranges, ...more],
      nested: set.nested.map(n => this.#folded(n)),
      and: set.and.map(n => this.#folded(n)),
    }
  }

  #group(): Node | undefined {
    if (!this.#take('?')) return this.#closed('capture', ++this.#groups)
    const kinds: readonly (readonly [string, GroupKind])[] = [
      [':', 'plain'],
      ['=', 'ahead'],
      ['!', 'notAhead'],
      ['<=', 'behind'],
      ['<!', 'notBehind'],
      ['>', 'atomic'],
    ]
    for (const [mark, kind] of kinds) if (this.#take(mark)) return this.#closed(kind)
    if (this.#take('<')) {
      const name = this.#until('>')
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new RegexProblem(`"${name}" is no name of a group`)
      if (this.#names.has(name)) throw new RegexProblem(`Named capturing group <${name}> is already defined`)
      this.#names.set(name, ++this.#groups)
      return this.#closed('capture', this.#groups)
    }
    return this.#inlineFlags()
  }

  #until(end: string): string {
    let text = ''
    for (;;) {
      const c = this.#text[this.#at++]
      if (c === undefined) throw new RegexProblem(`"${end}" is missing`)
      if (c === end) return text
      text += c
    }
  }

  #closed(kind: GroupKind, index?: number): Node {
    const outer = this.#flags
    const body = this.#choice()
    this.#flags = outer
    if (!this.#take(')')) throw new RegexProblem('Unclosed group')
    return index === undefined ? { is: 'group', kind, body } : { is: 'group', kind, index, body }
  }

  /** `(?i)` for the rest of the group, `(?i:…)` for its own. */
  #inlineFlags(): Node | undefined {
    const before = this.#flags
    const flags: { i: boolean; s: boolean; m: boolean } = { ...before }
    let on = true
    for (let c = this.#text[this.#at++]; c !== ')' && c !== ':'; c = this.#text[this.#at++]) {
      if (c === '-') on = false
      else if (c === 'i' || c === 's' || c === 'm') flags[c] = on
      else if (c !== undefined && 'xuUd'.includes(c)) throw new RegexProblem(`the flag "${c}"`, false)
      else throw new RegexProblem('Unknown inline modifier')
    }
    const whole = this.#text[this.#at - 1] === ':'
    this.#flags = flags
    if (!whole) return undefined
    const group = this.#closed('plain')
    this.#flags = before
    return group
  }

  #escape(): Node {
    const c = this.#text[this.#at]
    if (c === undefined) throw new RegexProblem('Unexpected internal error: a backslash ends it')
    const anchors: Readonly<Record<string, Node>> = {
      A: { is: 'start' },
      z: { is: 'veryEnd' },
      Z: { is: 'end' },
      b: { is: 'wordEdge' },
      B: { is: 'noWordEdge' },
    }
    if (anchors[c]) {
      this.#at++
      if (c === 'b' && this.#peek() === '{') throw new RegexProblem('\\b{g}', false)
      return anchors[c]
    }
    if (c === 'Q') return this.#quotation()
    if (c === 'R') {
      this.#at++
      const pair: Node = { is: 'sequence', items: [this.#plain(13), this.#plain(10)] }
      return { is: 'group', kind: 'plain', body: { is: 'choice', options: [pair, { is: 'set', set: VERTICAL }] } }
    }
    if (c >= '1' && c <= '9') return this.#backReference()
    if (c === 'k') {
      this.#at++
      if (!this.#take('<')) throw new RegexProblem('\\k is not followed by <')
      const index = this.#names.get(this.#until('>'))
      if (index === undefined) throw new RegexProblem('a group of that name does not exist')
      return { is: 'backReference', index }
    }
    if (c === 'G' || c === 'X' || c === 'N') throw new RegexProblem(`\\${c}`, false)
    return { is: 'set', set: this.#folded(this.#escaped()) }
  }
  #plain(code: number): Node {
    return { is: 'set', set: one(code) }
  }

  #quotation(): Node {
    this.#at++
    const items: Node[] = []
    while (this.#at < this.#text.length && !this.#take('\\E')) items.push(this.#character(this.#text[this.#at++]!.codePointAt(0)!))
    return items.length === 1 ? items[0]! : { is: 'group', kind: 'plain', body: { is: 'sequence', items } }
  }

  /** As many digits as name a group that exists. */
  #backReference(): Node {
    let index = Number(this.#text[this.#at++])
    for (let c = this.#peek(); c !== undefined && c >= '0' && c <= '9' && index * 10 + Number(c) <= this.#groups; c = this.#peek()) {
      index = index * 10 + Number(c)
      this.#at++
    }
    return { is: 'backReference', index }
  }

  /** An escape that stands for characters, in and outside a class. */
  #escaped(): CharSet {
    const c = this.#text[this.#at++]
    if (c === undefined) throw new RegexProblem('a backslash ends it')
    if (CLASSES[c]) return CLASSES[c]
    if (SIMPLE[c] !== undefined) return one(SIMPLE[c])
    if (c === 'p' || c === 'P') return this.#property(c === 'P')
    if (c === 'x') return one(this.#take('{') ? Number.parseInt(this.#until('}'), 16) : this.#hex(2))
    if (c === 'u') return one(this.#hex(4))
    if (c === '0') {
      const m = /^(?:[0-3][0-7]{2}|[0-7]{1,2})/.exec(this.#text.slice(this.#at, this.#at + 3).join(''))
      if (!m) throw new RegexProblem('Illegal octal escape sequence')
      this.#at += m[0].length
      return one(Number.parseInt(m[0], 8))
    }
    if (c === 'c') return one(this.#text[this.#at++]!.codePointAt(0)! ^ 64)
    if (/[A-Za-z]/.test(c)) throw new RegexProblem(`Illegal/unsupported escape sequence \\${c}`)
    return one(c.codePointAt(0)!)
  }

  #hex(n: number): number {
    const digits = this.#text.slice(this.#at, this.#at + n).join('')
    if (!new RegExp(`^[0-9A-Fa-f]{${n}}$`).test(digits)) throw new RegexProblem('Illegal hexadecimal escape sequence')
    this.#at += n
    return Number.parseInt(digits, 16)
  }

  #property(negated: boolean): CharSet {
    const given = this.#take('{') ? this.#until('}') : this.#text[this.#at++]!
    const posix = POSIX[given]
    if (posix) return negated ? negate(posix) : posix
    const name = given.replace(/^(?:Is|gc=|general_category=)/, '')
    const property = CATEGORIES.test(name)
      ? name
      : given === 'IsAlphabetic'
        ? 'Alphabetic'
        : given === 'IsWhite_Space'
          ? 'White_Space'
          : undefined
    if (property === undefined) throw new RegexProblem(`\\p{${given}}`, false)
    return { negated: false, ranges: [], properties: [{ name: property, negated }], nested: [], and: [] }
  }

  /** After the opening bracket. */
  #charClass(): CharSet {
    const negated = this.#take('^')
    const found: [number, number][] = []
    const properties: { name: string; negated: boolean }[] = []
    const nested: CharSet[] = []
    const and: CharSet[] = []
    for (let first = true; ; first = false) {
      const c = this.#peek()
      if (c === undefined) throw new RegexProblem('Unclosed character class')
      if (c === ']' && !first) {
        this.#at++
        break
      }
      if (this.#take('&&')) {
        and.push(this.#rest())
        continue
      }
      this.#at++
      if (c === '[') {
        nested.push(this.#charClass())
        continue
      }
      const set = c === '\\' ? (this.#peek() === 'Q' ? this.#quotedSet() : this.#escaped()) : one(c.codePointAt(0)!)
      const single = !set.negated && set.ranges.length === 1 && set.ranges[0]![0] === set.ranges[0]![1] ? set.ranges[0]![0] : undefined
      if (single !== undefined && this.#peek() === '-' && this.#peek(1) !== ']' && this.#peek(1) !== '[' && this.#peek(1) !== undefined) {
        found.push([single, this.#rangeEnd(single)])
      } else if (set.negated || set.nested.length > 0) nested.push(set)
      else {
        for (const [a, b] of set.ranges) found.push([a, b])
        properties.push(...set.properties)
      }
    }
    return { negated, ranges: found, properties, nested, and }
  }
  #rangeEnd(from: number): number {
    this.#at++
    const c = this.#text[this.#at++]!
    const end = c === '\\' ? this.#escaped().ranges[0]![1] : c.codePointAt(0)!
    if (end < from) throw new RegexProblem('Illegal character range')
    return end
  }
  #quotedSet(): CharSet {
    this.#at++
    const list: [number, number][] = []
    while (this.#at < this.#text.length && !this.#take('\\E')) {
      const code = this.#text[this.#at++]!.codePointAt(0)!
      list.push([code, code])
    }
    return ranges(...list)
  }
  /** What stands behind `&&`, up to the next one or the end of the class. */
  #rest(): CharSet {
    const nested: CharSet[] = []
    const found: [number, number][] = []
    const properties: { name: string; negated: boolean }[] = []
    while (this.#peek() !== ']' && !this.#looking('&&')) {
      const c = this.#text[this.#at++]
      if (c === undefined) throw new RegexProblem('Unclosed character class')
      if (c === '[') nested.push(this.#charClass())
      else {
        const set = c === '\\' ? this.#escaped() : one(c.codePointAt(0)!)
        const single = set.ranges.length === 1 && set.ranges[0]![0] === set.ranges[0]![1]
        if (single && this.#peek() === '-' && this.#peek(1) !== ']') found.push([set.ranges[0]![0], this.#rangeEnd(set.ranges[0]![0])])
        else if (set.negated) nested.push(set)
        else {
          for (const [a, b] of set.ranges) found.push([a, b])
          properties.push(...set.properties)
        }
      }
    }
    return { negated: false, ranges: found, properties, nested, and: [] }
  }
}
