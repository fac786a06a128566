import { MillraceError } from '../../../../errors/index.ts'
import { type JavaRegex, type JsRegex, parseJavaRegex, RegexProblem, toJs } from '../../../../types/regex/index.ts'

/** A pattern that a person wrote, parsed. @throws INVALID_PARAMETER_VALUE, NOT_SUPPORTED */
export function javaRegex(pattern: string, func: string): JavaRegex {
  return named(pattern, func, () => parseJavaRegex(pattern))
}

function named<T>(pattern: string, func: string, work: () => T): T {
  try {
    return work()
  } catch (problem) {
    if (problem instanceof RegexProblem && !problem.wrong) {
      throw new MillraceError('NOT_SUPPORTED', {
        what: `the regular expression "${pattern}" in ${func}()`,
        why: `${problem.message} is not built`,
      })
    }
    if (problem instanceof RegexProblem || problem instanceof SyntaxError) {
      throw new MillraceError('INVALID_PARAMETER_VALUE', {
        parameter: 'pattern',
        func,
        value: pattern,
        kind: 'PATTERN',
        expected: `a Java regular expression (${problem.message})`,
      })
    }
    throw problem
  }
}

/** One match: where it stands (in UTF-16 units) and its groups by Java's numbers; a group that took no part is undefined. */
export interface Match {
  readonly start: number
  readonly end: number
  group(i: number): string | undefined
}

/** A Java regular expression that JavaScript carries out. */
export class Matcher {
  readonly regex: JavaRegex
  readonly #js: JsRegex

  private constructor(pattern: string, func: string) {
    this.regex = javaRegex(pattern, func)
    this.#js = named(pattern, func, () => toJs(this.regex))
  }

  static #known = new Map<string, Matcher>()
  /** @throws INVALID_PARAMETER_VALUE, NOT_SUPPORTED */
  static of(pattern: string, func: string): Matcher {
    let matcher = Matcher.#known.get(pattern)
    if (!matcher) {
      matcher = new Matcher(pattern, func)
      if (Matcher.#known.size > 1000) Matcher.#known.clear()
      Matcher.#known.set(pattern, matcher)
    }
    return matcher
  }

  find(text: string, from = 0): Match | undefined {
    const { regexp, groups } = this.#js
    regexp.lastIndex = from
    const m = regexp.exec(text)
    if (!m) return undefined
    return { start: m.index, end: m.index + m[0].length, group: i => m[groups[i]!] }
  }

  /** Each match, as Java's find() goes on: an empty one moves on by a character. */
  *matches(text: string): Generator<Match> {
    for (let at = 0; at <= text.length; ) {
      const m = this.find(text, at)
      if (!m) return
      yield m
      at = m.end > m.start ? m.end : m.end + (text.codePointAt(m.end)! > 0xffff ? 2 : 1)
    }
  }
}

/** A part of a replacement: text, or the number of a group. */
export type Part = string | number

/** Java's replacement: `$1`, `${name}`, and a backslash before a character that stands for itself. @throws INVALID_PARAMETER_VALUE */
export function parseReplacement(text: string, regex: JavaRegex, func: string): readonly Part[] {
  const parts: Part[] = []
  const add = (part: Part) => {
    const last = parts.length - 1
    if (typeof part === 'string' && typeof parts[last] === 'string') parts[last] += part
    else parts.push(part)
  }
  const wrong = () =>
    new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'replacement',
      func,
      value: text,
      expected: 'a replacement whose groups exist',
    })
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') {
      if (++i >= text.length) throw wrong()
      add(text[i]!)
    } else if (text[i] === '$') {
      const m = /^\{([A-Za-z][A-Za-z0-9]*)\}|^\d+/.exec(text.slice(i + 1))
      if (!m) throw wrong()
      if (m[1] !== undefined) {
        const index = regex.names.get(m[1])
        if (index === undefined) throw wrong()
        add(index)
        i += m[0].length
      } else {
        let index = Number(m[0][0])
        let used = 1
        while (used < m[0].length && index * 10 + Number(m[0][used]) <= regex.groups) index = index * 10 + Number(m[0][used++])
        if (index > regex.groups) throw wrong()
        add(index)
        i += used
      }
    } else add(text[i]!)
  }
  return parts
}

/** What Java's Matcher answers, for each function. Places count characters from 1. */
export const Regex = {
  matches: (text: string, pattern: string): boolean => Matcher.of(pattern, 'rlike').find(text) !== undefined,
  extract: (text: string, pattern: string, group: number): string => Matcher.of(pattern, 'regexp_extract').find(text)?.group(group) ?? '',
  extractAll: (text: string, pattern: string, group: number): string[] =>
    Array.from(Matcher.of(pattern, 'regexp_extract_all').matches(text), m => m.group(group) ?? ''),
  count: (text: string, pattern: string): number => Array.from(Matcher.of(pattern, 'regexp_count').matches(text)).length,
  place: (text: string, pattern: string): number => {
    const m = Matcher.of(pattern, 'regexp_instr').find(text)
    return m ? [...text.slice(0, m.start)].length + 1 : 0
  },
  first: (text: string, pattern: string): string | null => Matcher.of(pattern, 'regexp_substr').find(text)?.group(0) ?? null,
  replace(text: string, pattern: string, replacement: string, from: number): string {
    const matcher = Matcher.of(pattern, 'regexp_replace')
    const parts = parseReplacement(replacement, matcher.regex, 'regexp_replace')
    const start = [...text].slice(0, from - 1).join('').length
    if (from - 1 >= [...text].length && from > 1) return text
    const rest = text.slice(start)
    let out = text.slice(0, start)
    let at = 0
    for (const m of matcher.matches(rest)) {
      out += rest.slice(at, m.start) + parts.map(p => (typeof p === 'number' ? (m.group(p) ?? '') : p)).join('')
      at = m.end
    }
    return out + rest.slice(at)
  },
  /** At most `limit` parts where it is above 0; the last holds the rest. An empty pattern parts the characters. */
  split(text: string, pattern: string, limit: number): string[] {
    if (pattern === '' && text !== '') {
      const characters = [...text]
      return characters.slice(0, limit > 0 ? Math.min(limit, characters.length) : characters.length)
    }
    const parts: string[] = []
    let at = 0
    for (const m of Matcher.of(pattern, 'split').matches(text)) {
      if (limit > 0 && parts.length === limit - 1) break
      if (m.end === 0) continue
      parts.push(text.slice(at, m.start))
      at = m.end
    }
    return [...parts, text.slice(at)]
  },
}
