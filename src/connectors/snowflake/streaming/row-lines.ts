import type { DataType, RowBatch, StructType } from '../../../types/index.ts'
import { type CellOptions, type CellText, cellText, isNull } from '../sql/cells.ts'
import type { TargetPair } from '../target.ts'

/** Cells whose text is JSON as it stands. */
const BARE: ReadonlySet<DataType['kind']> = new Set([
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'decimal',
  'variant',
  'array',
  'map',
  'struct',
])
const isNumberText = (text: string): boolean => text !== 'NaN' && !text.endsWith('inf')

/** A row as one line of JSON, with the table's names; NaN and infinities as text. */
export function rowLines(schema: StructType, pairs: readonly TargetPair[], options: CellOptions): (batch: RowBatch, i: number) => string {
  const made = pairs.map(({ at, column }) => {
    const type = schema.fields[at]!.dataType
    return { at, type, name: JSON.stringify(column.name), text: jsonCell(type, cellText(type, column.family, options)) }
  })
  return (batch, i) => {
    let line = '{'
    for (const { at, type, name, text } of made) {
      const column = batch.columns[at]!
      line += `${line === '{' ? '' : ','}${name}:${isNull(type, column, i) ? 'null' : text(column, i)}`
    }
    return `${line}}\n`
  }
}

function jsonCell(type: DataType, text: CellText): CellText {
  if (BARE.has(type.kind)) return text
  if (type.kind !== 'float' && type.kind !== 'double') return (c, i) => JSON.stringify(text(c, i))
  return (c, i) => {
    const said = text(c, i)
    return isNumberText(said) ? said : JSON.stringify(said)
  }
}
