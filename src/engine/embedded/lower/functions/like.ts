import { MillraceError } from '../../../../errors/index.ts'
import { booleanType, stringType } from '../../../../types/index.ts'
import { type FunctionLowering, type HostFunction, quoteText } from '../context.ts'
import { textOf } from './literal-argument.ts'

/** One piece of a LIKE pattern: `_`, `%`, or a character that stands for itself. */
type Piece = { readonly any: 'one' | 'many' } | { readonly character: string }

/** @throws INVALID_LIKE_PATTERN where the escape character stands before anything but `_`, `%` or itself. */
function parseLike(pattern: string, escapeChar: string): readonly Piece[] {
  const pieces: Piece[] = []
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!
    if (c === escapeChar) {
      const next = characters[++i]
      if (next === undefined) throw new MillraceError('INVALID_LIKE_PATTERN', { pattern, escape: escapeChar, kind: 'ESC_AT_THE_END' })
      if (next !== '_' && next !== '%' && next !== escapeChar)
        throw new MillraceError('INVALID_LIKE_PATTERN', { pattern, escape: escapeChar, kind: 'ESC_IN_THE_MIDDLE' })
      pieces.push({ character: next })
    } else pieces.push(c === '_' ? { any: 'one' } : c === '%' ? { any: 'many' } : { character: c })
  }
  return pieces
}

const compiled = new Map<string, RegExp>()
function matches(text: string, pattern: string, escapeChar: string): boolean {
  const key = `${escapeChar}${pattern}`
  let regexp = compiled.get(key)
  if (!regexp) {
    const source = parseLike(pattern, escapeChar).map(p =>
      'any' in p ? (p.any === 'one' ? '[^]' : '[^]*') : `\\u{${p.character.codePointAt(0)!.toString(16)}}`,
    )
    regexp = new RegExp(`^${source.join('')}$`, 'u')
    if (compiled.size > 1000) compiled.clear()
    compiled.set(key, regexp)
  }
  return regexp.test(text)
}
const LIKE: HostFunction = {
  name: 'mr_like',
  args: [stringType, stringType, stringType],
  returns: booleanType,
  call: (text, pattern, mark) => matches(text as string, pattern as string, mark as string),
}

/** LIKE, or ILIKE by lower case on both sides. */
export const likeLowering =
  (ignoreCase: boolean): FunctionLowering =>
  (call, [x, p, e], ctx) => {
    const fold = (sql: string) => (ignoreCase ? `lower(${sql})` : sql)
    const pattern = textOf(call, 1)
    const mark = call.args.length > 2 ? textOf(call, 2) : '\\'
    if (pattern === undefined || mark === undefined) return `${ctx.host(LIKE)}(${fold(x!)}, ${fold(p!)}, ${e ?? quoteText('\\')})`
    const pieces = parseLike(ignoreCase ? pattern.toLowerCase() : pattern, mark)
    const special = pieces.some(piece => 'character' in piece && /[_%]/.test(piece.character))
    const text = pieces
      .map(piece =>
        'any' in piece
          ? piece.any === 'one'
            ? '_'
            : '%'
          : special && /[_%\\]/.test(piece.character)
            ? `\\${piece.character}`
            : piece.character,
      )
      .join('')
    return `(${fold(x!)} LIKE ${quoteText(text)}${special ? ` ESCAPE '\\'` : ''})`
  }
