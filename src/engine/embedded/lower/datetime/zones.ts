import type { LiteralValue } from '../../../../plan/index.ts'
import { type DataType, fromWallMicros, stringType, timestampNtzType, timestampType, toWallMicros } from '../../../../types/index.ts'
import type { HostFunction } from '../context.ts'

const shifting = (name: string, type: DataType, shift: (micros: bigint, ...zones: string[]) => bigint, zones = 1): HostFunction => ({
  name,
  args: [type, ...Array.from({ length: zones }, () => stringType)],
  returns: type,
  call: (t, ...z: LiteralValue[]) => shift(t as bigint, ...(z as string[])),
})

/** The wall clock of the zone, taken for one of UTC. */
export const FROM_UTC = shifting('mr_from_utc', timestampType, (t, zone) => toWallMicros(t, zone!))
/** The wall clock of UTC, taken for one of the zone. */
export const TO_UTC = shifting('mr_to_utc', timestampType, (t, zone) => fromWallMicros(t, zone!))
/** The wall clock of one zone at the moment another shows the given one. */
export const CONVERT = shifting('mr_convert_zone', timestampNtzType, (t, from, to) => toWallMicros(fromWallMicros(t, from!), to!), 2)
/** The instant of a wall clock in a zone given by row. */
export const INSTANT_IN: HostFunction = {
  name: 'mr_instant_in',
  args: [timestampNtzType, stringType],
  returns: timestampType,
  call: (wall, zone) => fromWallMicros(wall as bigint, zone as string),
}
