import { type DataType, isIntegral, isNested, isNumeric, isString, isTemporal } from '../../types/index.ts'

/** May `from` be cast to `to` under ANSI (Spark's `Cast.canAnsiCast`)? A cast that may be tried can still fail on a value. */
export function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || from.kind === to.kind) return isNested(from) ? nestedCast(from, to) : true
  if (to.kind === 'variant') return from.kind !== 'map' && from.kind !== 'calendarInterval'
  if (from.kind === 'variant') return to.kind !== 'calendarInterval'
  if (isNested(from) || isNested(to)) return isString(to)
  if (isString(to)) return true
  return isString(from) ? fromString(to) : fromOther(from, to)
}

const fromString = (to: DataType): boolean => to.kind !== 'null'

function fromOther(from: DataType, to: DataType): boolean {
  if (isNumeric(from))
    return isNumeric(to) || to.kind === 'boolean' || to.kind === 'timestamp' || (isIntegral(from) && intervalOrBinary(to))
  if (from.kind === 'boolean') return isNumeric(to)
  if (from.kind === 'timestamp') return isNumeric(to) || isTemporal(to) || to.kind === 'time'
  if (isTemporal(from)) return isTemporal(to) || (from.kind === 'timestampNtz' && to.kind === 'time')
  if (from.kind === 'time') return isIntegral(to) || to.kind === 'decimal'
  if (from.kind === 'yearMonthInterval' || from.kind === 'dayTimeInterval') return isIntegral(to) || to.kind === 'decimal'
  return false
}
const intervalOrBinary = (t: DataType): boolean => t.kind === 'yearMonthInterval' || t.kind === 'dayTimeInterval' || t.kind === 'binary'

function nestedCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'array' && to.kind === 'array') return canCast(from.elementType, to.elementType)
  if (from.kind === 'map' && to.kind === 'map') return canCast(from.keyType, to.keyType) && canCast(from.valueType, to.valueType)
  if (from.kind !== 'struct' || to.kind !== 'struct' || from.fields.length !== to.fields.length) return false
  return from.fields.every((f, i) => canCast(f.dataType, to.fields[i]!.dataType))
}
