import { MillraceError } from '../../errors/index.ts'

/** Names compare without case (spark.sql.caseSensitive=false). */
export const sameName = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase()

/** `a.b`, `` `a.b`.c ``: Spark's `UnresolvedAttribute.parseAttributeName`. */
export function parseAttributeName(text: string): readonly string[] {
  if (!text.includes('`')) {
    const parts = text.split('.')
    if (parts.some(p => p === '')) throw malformed(text)
    return parts
  }
  const parts: string[] = []
  const part = /`((?:[^`]|``)*)`|[^.`]+/y
  for (let at = 0; at <= text.length; at++) {
    part.lastIndex = at
    const match = part.exec(text)
    if (!match) throw malformed(text)
    parts.push(match[1] === undefined ? match[0] : match[1].replaceAll('``', '`'))
    at += match[0].length
    if (at === text.length) return parts
    if (text[at] !== '.') throw malformed(text)
  }
  throw malformed(text)
}

const malformed = (text: string): MillraceError =>
  new MillraceError('INVALID_ARGUMENT', {
    name: 'column name',
    value: text,
    expected: 'names joined by dots, in backticks where they hold a dot',
  })
