import { randomUUID } from 'node:crypto'
import { csvLine } from './messages.ts'
import { STATIONS } from './stations.ts'

/** One message for Kafka. */
export interface FeedMessage {
  /** The turnstile: what one says stays in order. */
  readonly key: string
  /** Thirteen fields with commas between them. */
  readonly value: string
}

/**
 * What a live feed of the turnstiles would say, which the MTA does not have: some turnstile, the riders since it spoke last, and the present time
 * (UTC). Busy stations speak of more riders.
 */
export function feedMessage(random: () => number, nowSeconds: number): FeedMessage {
  const station = STATIONS[Math.floor(random() * STATIONS.length)]!
  const turnstile = Math.floor(random() * station.turnstiles)
  const reading = {
    controlArea: station.controlArea,
    unit: station.unit,
    scp: `0${turnstile >> 4}-00-${String(turnstile & 15).padStart(2, '0')}`,
    station: station.name,
    lines: station.lines,
    division: station.division,
    seconds: Math.floor(nowSeconds),
    description: 'REGULAR',
  }
  const riders = (): number => Math.round(station.busy * 200 * random())
  return { key: `${reading.controlArea}/${reading.scp}`, value: csvLine(reading, randomUUID(), riders(), riders()) }
}
