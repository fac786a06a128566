import type { AvroJson, AvroLogical, AvroPrimitiveName, PlainLogical } from './schema.ts'

/** What each logical type may stand on. */
const STANDS_ON: Readonly<Record<PlainLogical, (type: AvroPrimitiveName | 'fixed', size: number) => boolean>> = {
  date: t => t === 'int',
  'time-millis': t => t === 'int',
  'time-micros': t => t === 'long',
  'timestamp-millis': t => t === 'long',
  'timestamp-micros': t => t === 'long',
  'timestamp-nanos': t => t === 'long',
  'local-timestamp-millis': t => t === 'long',
  'local-timestamp-micros': t => t === 'long',
  'local-timestamp-nanos': t => t === 'long',
  uuid: (t, size) => t === 'string' || (t === 'fixed' && size === 16),
  duration: (t, size) => t === 'fixed' && size === 12,
}

/** Digits that a whole number of so many bytes can always hold. */
const digitsIn = (size: number): number => Math.floor(Math.log10(2) * (8 * size - 1))

/** The logical type of a described type; undefined for none, an unknown one, and one that does not fit, which readers pass over. */
export function logicalOf(
  json: { readonly [key: string]: AvroJson },
  type: AvroPrimitiveName | 'fixed',
  size = 0,
): AvroLogical | undefined {
  const name = json['logicalType']
  if (name === 'decimal') {
    const { precision, scale = 0 } = json
    if (type !== 'bytes' && type !== 'fixed') return undefined
    if (typeof precision !== 'number' || typeof scale !== 'number' || !Number.isInteger(precision) || !Number.isInteger(scale))
      return undefined
    if (precision < 1 || scale < 0 || scale > precision || (type === 'fixed' && precision > digitsIn(size))) return undefined
    return { name: 'decimal', precision, scale }
  }
  if (typeof name !== 'string' || !Object.hasOwn(STANDS_ON, name)) return undefined
  return STANDS_ON[name as PlainLogical](type, size) ? { name: name as PlainLogical } : undefined
}
