import { randomFrom } from './random.ts'
import type { Reading } from './reading.ts'
import { STATIONS, type Station } from './stations.ts'

const WEEK_START = Date.UTC(2023, 11, 30) / 1000
const HOUR = 3600

/** Riders of one turnstile in the four hours up to `hour` of a day: two rush hours on weekdays, one broad hill at the weekend. */
function demand(station: Station, hour: number, weekend: boolean): { entries: number; exits: number } {
  const hill = (middle: number, width: number): number => Math.exp(-((((hour - middle + 36) % 24) - 12) ** 2) / (2 * width * width))
  const morning = weekend ? 0 : hill(10, 2.5)
  const evening = weekend ? 0 : hill(19, 2.5)
  const day = weekend ? hill(16, 5) : 0.35 * hill(14, 6)
  const size = 900 * station.busy
  return { entries: size * (0.5 * morning + evening + day + 0.02), exits: size * (morning + 0.5 * evening + day + 0.02) }
}

/**
 * A week of readings without the MTA's file: real stations, every turnstile read each four hours at its control area's own hour,
 * daily curves, now and then a recovered audit between two regular ones, a counter that is reset and one that runs backwards.
 */
export function generateWeek(seed: number): Reading[] {
  const random = randomFrom(seed)
  const readings: Reading[] = []
  for (const station of STATIONS) {
    const firstHour = Math.floor(random() * 4)
    for (let t = 0; t < station.turnstiles; t++) {
      let entries = Math.floor(random() * 9_000_000)
      let exits = Math.floor(random() * 7_000_000)
      const backwards = random() < 0.01
      const resetAt = random() < 0.02 ? Math.floor(random() * 42) : -1
      for (let n = 0; n < 42; n++) {
        const seconds = WEEK_START + (firstHour + 4 * n) * HOUR
        const day = new Date(seconds * 1000).getUTCDay()
        const mean = demand(station, (firstHour + 4 * n) % 24, day === 0 || day === 6)
        const step = backwards ? -1 : 1
        entries =
          n === resetAt ? Math.floor(random() * 50) : Math.max(0, entries + step * Math.round(mean.entries * (0.6 + 0.8 * random())))
        exits = n === resetAt ? Math.floor(random() * 50) : Math.max(0, exits + step * Math.round(mean.exits * (0.6 + 0.8 * random())))
        const recovered = random() < 0.01
        readings.push({
          controlArea: station.controlArea,
          unit: station.unit,
          scp: `0${t >> 4}-00-${String(t & 15).padStart(2, '0')}`,
          station: station.name,
          lines: station.lines,
          division: station.division,
          seconds: seconds + (recovered ? 60 * Math.floor(random() * 40) : 0),
          description: recovered ? 'RECOVR AUD' : 'REGULAR',
          entries,
          exits,
        })
      }
    }
  }
  return readings
}
