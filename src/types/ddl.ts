import { MillraceError } from '../errors/index.ts'
import {
  arrayType,
  type DataType,
  dayTimeIntervalType,
  type Field,
  field,
  mapType,
  type StructType,
  stringType,
  structType,
  timestampNtzType,
  timestampType,
  timeType,
  yearMonthIntervalType,
} from './data-type.ts'
import { DdlCursor } from './ddl-cursor.ts'
import { namedType } from './type-table.ts'

/**
 * Reads a table schema such as `CA string, fare decimal(10,2) NOT NULL COMMENT 'in dollars', tags array<string>` as Spark's `parseTableSchema` does.
 *
 * @throws PARSE_SYNTAX_ERROR with a caret, PARSE_EMPTY_STATEMENT, UNSUPPORTED_DATATYPE, INCOMPLETE_TYPE_DEFINITION, …
 */
export function parseDdl(text: string): StructType {
  const at = DdlCursor.of(text)
  const fields = [tableColumn(at)]
  while (at.take(',')) fields.push(tableColumn(at))
  at.end()
  return structType(fields)
}

/** Reads one data type: `int`, `array<decimal(5,2)>`, `struct<a: int, b: string>`, `interval day to second`. Case does not count. */
export function parseDataType(text: string): DataType {
  const at = DdlCursor.of(text)
  const type = dataType(at)
  at.end()
  return type
}

const tableColumn = (at: DdlCursor): Field => column(at, at.identifier())

function structField(at: DdlCursor): Field {
  const name = at.identifier()
  at.take(':')
  return column(at, name)
}

function column(at: DdlCursor, name: string): Field {
  const type = dataType(at)
  let nullable = true
  if (at.word('not')) {
    at.expectWord('null')
    nullable = false
  }
  return field(name, type, nullable, at.word('comment') ? { comment: at.string() } : undefined)
}

function dataType(at: DdlCursor): DataType {
  if (at.peek().kind !== 'word') at.fail()
  const word = at.next().text
  const name = word.toLowerCase()
  const nested = NESTED[name]
  if (nested) return nested(at)
  if (name === 'interval') return interval(at)
  const numbers = parameters(at)
  if (name === 'time') return time(at, word, numbers)
  if (name === 'timestamp' && numbers.length === 0) return timestamp(at)
  if (name === 'string' && numbers.length === 0 && at.word('collate')) return collated(at)
  return named(at, word, numbers)
}

function named(at: DdlCursor, word: string, numbers: readonly number[]): DataType {
  const type = namedType(word, numbers)
  return type instanceof MillraceError ? at.refuse(type) : type
}

const NESTED: Readonly<Record<string, (at: DdlCursor) => DataType>> = {
  array: at => {
    if (!at.take('<')) return bare(at, 'array')
    const element = dataType(at)
    at.expect('>')
    return arrayType(element)
  },
  map: at => {
    if (!at.take('<')) return bare(at, 'map')
    const key = dataType(at)
    at.expect(',')
    const value = dataType(at)
    at.expect('>')
    return mapType(key, value)
  },
  struct: at => {
    if (at.take('<>')) return structType([])
    if (!at.take('<')) return bare(at, 'struct')
    const fields: Field[] = []
    if (at.peek().text !== '>') {
      fields.push(structField(at))
      while (at.take(',')) fields.push(structField(at))
    }
    at.expect('>')
    return structType(fields)
  },
}

const bare = (at: DdlCursor, typeName: 'array' | 'map' | 'struct'): DataType =>
  at.refuse(new MillraceError('INCOMPLETE_TYPE_DEFINITION', { typeName }))

function parameters(at: DdlCursor): number[] {
  if (!at.take('(')) return []
  const numbers = [at.integer()]
  while (at.take(',')) numbers.push(at.integer())
  at.expect(')')
  return numbers
}

/** Without a zone a time is a wall clock; `with local time zone` is the plain timestamp. */
function timestamp(at: DdlCursor): DataType {
  const without = at.word('without')
  if (!without) {
    if (!at.word('with')) return timestampType
    at.expectWord('local')
  }
  at.expectWord('time')
  at.expectWord('zone')
  return without ? timestampNtzType : timestampType
}

function time(at: DdlCursor, word: string, numbers: readonly number[]): DataType {
  const precision = numbers[0] ?? 6
  if (at.word('without')) {
    at.expectWord('time')
    at.expectWord('zone')
  }
  if (numbers.length > 1) return at.refuse(new MillraceError('UNSUPPORTED_DATATYPE', { typeName: `${word}(${numbers.join(',')})` }))
  return precision > 6 ? at.refuse(new MillraceError('UNSUPPORTED_TIME_PRECISION', { precision })) : timeType(precision)
}

function collated(at: DdlCursor): DataType {
  const parts = [at.identifier()]
  while (at.take('.')) parts.push(at.identifier())
  const collation = parts.at(-1)!.toUpperCase()
  return collation === 'UTF8_BINARY' ? stringType : Object.freeze({ kind: 'string', collation })
}

const YEAR_MONTH = ['year', 'month'] as const
const DAY_TIME = ['day', 'hour', 'minute', 'second'] as const

function interval(at: DdlCursor): DataType {
  const unit = at.peek().kind === 'word' ? at.peek().text.toLowerCase() : ''
  const years = (YEAR_MONTH as readonly string[]).indexOf(unit)
  const days = (DAY_TIME as readonly string[]).indexOf(unit)
  if (years < 0 && days < 0) return named(at, 'interval', parameters(at))
  at.next()
  const start = Math.max(years, days)
  const units: readonly string[] = years >= 0 ? YEAR_MONTH : DAY_TIME
  if (!at.word('to')) return years >= 0 ? yearMonthIntervalType(start as 0, start as 0) : dayTimeIntervalType(start as 0, start as 0)
  const end = units.indexOf(at.peek().text.toLowerCase())
  if (end < 1) at.fail()
  at.next()
  if (end <= start) return at.refuse(new MillraceError('INVALID_INTERVAL_TYPE', { from: units[start]!, to: units[end]! }))
  return years >= 0 ? yearMonthIntervalType(start as 0, end as 1) : dayTimeIntervalType(start as 0, end as 3)
}
