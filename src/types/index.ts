export { batchFromRows } from './batch-builder.ts'
export * from './brand.ts'
export { dateText, dateTimeText, daysOf, readDateTime, timeText, ymdOf, zoneMicros } from './calendar.ts'
export { type ColumnBuilder, columnBuilder } from './column-builder.ts'
export { concatBatches } from './concat-batches.ts'
export * from './data-type.ts'
export { parseDataType, parseDdl } from './ddl.ts'
export { Decimal } from './decimal.ts'
export * from './interval.ts'
export { Interval } from './interval-value.ts'
export { readInt128, writeInt128 } from './js-values.ts'
export { LocalDate } from './local-date.ts'
export { LocalTimestamp } from './local-timestamp.ts'
export { printDdl, quoteIfNeeded, sqlName, treeString, typeName } from './names.ts'
export { decimalText, doubleText, floatText } from './number-text.ts'
export * from './row-batch.ts'
export type { Flat, RowOfDdl, RowOfShape, SchemaShape, ValueOf } from './row-type.ts'
export { columnReader, rowsOf, valueAt } from './row-values.ts'
export { Schema, schema } from './schema.ts'
export { drawTable, type ShowOptions } from './show.ts'
export { type ShowOptions, showTable } from './show-table.ts'
export { valueDrawer } from './show-value.ts'
export { fromSparkJson, type SparkJson, toSparkJson } from './spark-json.ts'
export {
  civilFromDays,
  clockText,
  daysFromCivil,
  daysInMonth,
  fractionText,
  localTimestampText,
  offsetText,
  splitMicros,
  timestampText,
} from './time-text.ts'
export { dayIn, fromWallMicros, toWallMicros, type ZoneOffset, zoneOffset } from './time-zone.ts'
export { millisOf, Timestamp } from './timestamp.ts'
export { doubleText, floatText, valueText } from './value-text.ts'
export { type Zone, zoneOf } from './zone.ts'
