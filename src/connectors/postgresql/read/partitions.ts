import { MillraceError } from '../../../errors/index.ts'
import { type DataType, LocalDate, LocalTimestamp, Timestamp } from '../../../types/index.ts'
import { literal, quoted } from '../identifiers.ts'
import type { PostgresSettings } from '../settings.ts'
import type { ReadColumn } from './relation.ts'

/**
 * Conditions that part the rows into ranges of a column, as Spark's JDBC source does: the first takes nulls and everything below, the last everything
 * above, so that bounds only say how the ranges are cut. One condition, of nothing, where no column is named.
 * @throws CONFLICTING_OPTIONS, INVALID_OPTION
 */
export function partitionsOf(columns: readonly ReadColumn[], { options, format }: PostgresSettings): readonly (string | undefined)[] {
  const { partitionColumn, lowerBound, upperBound, numPartitions } = options
  const given = { partitionColumn, lowerBound, upperBound }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length === 0) return [undefined]
  if (names.length < 3 || numPartitions === undefined) {
    const missing = [...Object.keys(given).filter(name => !names.includes(name)), ...(numPartitions === undefined ? ['numPartitions'] : [])]
    throw new MillraceError('CONFLICTING_OPTIONS', { options: names, format, why: `they need ${missing.join(' and ')} beside them` })
  }
  const column = columnOf(columns, partitionColumn!, format)
  const kind = KINDS[column.field.dataType.kind]!
  const lower = bound(kind, 'lowerBound', lowerBound!, format)
  const upper = bound(kind, 'upperBound', upperBound!, format)
  if (lower > upper) {
    throw new MillraceError('INVALID_OPTION', {
      option: 'lowerBound',
      format,
      value: lowerBound!,
      expected: `at most upperBound (${upperBound})`,
    })
  }
  return ranges(quoted(column.field.name), cuts(lower, upper, numPartitions).map(kind.write))
}

interface Kind {
  readonly read: (text: string) => bigint
  readonly write: (at: bigint) => string
  readonly expected: string
}
const whole: Kind = { read: text => BigInt(text.trim()), write: String, expected: 'a whole number' }
const KINDS: Readonly<Partial<Record<DataType['kind'], Kind>>> = {
  byte: whole,
  short: whole,
  integer: whole,
  long: whole,
  // Cut at whole numbers: the ranges need not be equal.
  decimal: { ...whole, read: text => BigInt(Math.floor(Number(text))), expected: 'a number' },
  float: { ...whole, read: text => BigInt(Math.floor(Number(text))), expected: 'a number' },
  double: { ...whole, read: text => BigInt(Math.floor(Number(text))), expected: 'a number' },
  date: {
    read: text => BigInt(new LocalDate(text.trim()).days),
    write: at => `${literal(new LocalDate(Number(at)).toString())}::date`,
    expected: 'a date such as 2024-01-31',
  },
  timestamp: {
    read: text => new Timestamp(text.trim()).micros,
    write: at => `${literal(new Timestamp(at).toISOString())}::timestamptz`,
    expected: 'a time such as 2024-01-31T10:00:00Z',
  },
  timestampNtz: {
    read: text => new LocalTimestamp(text.trim()).micros,
    write: at => `${literal(new LocalTimestamp(at).toString())}::timestamp`,
    expected: 'a time such as 2024-01-31 10:00:00',
  },
}

function columnOf(columns: readonly ReadColumn[], name: string, format: string): ReadColumn {
  const bare = name.replace(/^"(.*)"$/s, '$1')
  const found = columns.find(c => c.field.name === bare) ?? columns.find(c => c.field.name.toLowerCase() === bare.toLowerCase())
  if (found && KINDS[found.field.dataType.kind]) return found
  const fitting = columns.filter(c => KINDS[c.field.dataType.kind]).map(c => c.field.name)
  const expected = `a column of numbers, dates or timestamps${fitting.length > 0 ? ` (${fitting.join(', ')})` : ''}`
  throw new MillraceError('INVALID_OPTION', { option: 'partitionColumn', format, value: name, expected })
}

function bound(kind: Kind, option: string, text: string, format: string): bigint {
  try {
    return kind.read(text)
  } catch {
    throw new MillraceError('INVALID_OPTION', { option, format, value: text, expected: kind.expected })
  }
}

/** At most `parts - 1` places between the bounds, evenly. */
function cuts(lower: bigint, upper: bigint, parts: number): readonly bigint[] {
  const count = Number(upper - lower < BigInt(parts) ? (upper > lower ? upper - lower : 1n) : BigInt(parts))
  return Array.from({ length: count - 1 }, (_, i) => lower + ((upper - lower) * BigInt(i + 1)) / BigInt(count))
}

function ranges(column: string, at: readonly string[]): readonly (string | undefined)[] {
  if (at.length === 0) return [undefined]
  return Array.from({ length: at.length + 1 }, (_, i) => {
    if (i === 0) return `${column} < ${at[0]} OR ${column} IS NULL`
    if (i === at.length) return `${column} >= ${at[i - 1]}`
    return `${column} >= ${at[i - 1]} AND ${column} < ${at[i]}`
  })
}
