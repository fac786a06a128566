import { MillraceError } from '../errors/index.ts'
import { type ColumnBuilder, columnBuilder } from './column-builder.ts'
import type { StructType } from './data-type.ts'
import type { RowBatch } from './row-batch.ts'

/**
 * Columns from JS rows: objects by column name, or arrays by position. A missing key is null.
 *
 * @throws VALUE_NOT_OF_TYPE, NOT_NULL_VIOLATION naming column and row (counted from 0)
 */
export function batchFromRows(schema: StructType, rows: Iterable<object | readonly unknown[]>): RowBatch {
  const builders = schema.fields.map(f => columnBuilder(f.dataType))
  let length = 0
  for (const row of rows) {
    for (let c = 0; c < builders.length; c++) appendCell(schema, builders[c]!, c, row, length)
    length++
  }
  return { schema, length, columns: builders.map(b => b.finish()) }
}

function appendCell(schema: StructType, builder: ColumnBuilder, c: number, row: object | readonly unknown[], i: number): void {
  const { name, nullable } = schema.fields[c]!
  const value = Array.isArray(row) ? row[c] : (row as Record<string, unknown>)[name]
  if (value === null || value === undefined) {
    if (!nullable) throw new MillraceError('NOT_NULL_VIOLATION', { column: name, row: i })
    builder.appendNull()
    return
  }
  try {
    builder.append(value)
  } catch (e) {
    if (e instanceof MillraceError && e.condition === 'VALUE_NOT_OF_TYPE') {
      throw new MillraceError('VALUE_NOT_OF_TYPE', { ...(e as MillraceError<'VALUE_NOT_OF_TYPE'>).params, column: name, row: i })
    }
    throw e
  }
}
