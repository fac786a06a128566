import { doubleText } from '../../types/index.ts'
import { textOf } from '../values.ts'
import type { JsonCursor } from './cursor.ts'
import { quoted } from './quoted.ts'

const quotedReal = (n: number): string => (Number.isFinite(n) ? doubleText(n) : `"${doubleText(n)}"`)

/** Whole numbers keep their digits, others become what a double prints as. */
function number(cursor: JsonCursor): string {
  const whole = cursor.number()
  const text = textOf(cursor.bytes, cursor.start, cursor.at)
  return whole ? String(BigInt(text)) : quotedReal(Number(text))
}

function object(cursor: JsonCursor): string {
  cursor.at++
  let out = '{'
  for (let first = true; cursor.more(125, first); first = false) {
    cursor.name()
    out += `${first ? '' : ','}${quoted(textOf(cursor.text, cursor.textStart, cursor.textEnd))}:`
    out += respelled(cursor)
  }
  return `${out}}`
}

function array(cursor: JsonCursor): string {
  cursor.at++
  let out = '['
  for (let first = true; cursor.more(93, first); first = false) out += (first ? '' : ',') + respelled(cursor)
  return `${out}]`
}

/**
 * The value that begins here as Spark's `from_json` hands it to a string field: read and written again, without blanks, `1.50` as `1.5`, names and texts
 * in double quotes. (Files give the text as it stands instead: there the bytes of the record are at hand.)
 */
export function respelled(cursor: JsonCursor): string {
  const token = cursor.token()
  switch (token) {
    case 'string':
      cursor.string()
      return quoted(textOf(cursor.text, cursor.textStart, cursor.textEnd))
    case 'integer':
      return number(cursor)
    case 'named':
      return quotedReal(cursor.named())
    case 'object':
      return object(cursor)
    case 'array':
      return array(cursor)
    default:
      cursor.skip()
      return token
  }
}
