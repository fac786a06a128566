import { type Reading, timeTexts } from './reading.ts'

/** Rows and riders of some messages: what the summary balances. */
export interface Totals {
  readonly rows: number
  readonly entries: number
  readonly exits: number
}
export const NOTHING: Totals = { rows: 0, entries: 0, exits: 0 }
export const plus = (a: Totals, b: Totals): Totals => ({ rows: a.rows + b.rows, entries: a.entries + b.entries, exits: a.exits + b.exits })

/** One event-time slot: the file with its number. `totals` counts every message in it, repeated and held-back ones too, but not `END`. */
export interface Slot {
  readonly number: number
  readonly lines: readonly string[]
  readonly totals: Totals
}

export interface Replay {
  readonly slotSeconds: number
  readonly windowSeconds: number
  readonly watermarkSeconds: number
  /** Shares from 0 to 1. */
  readonly duplicates: number
  readonly late: number
  /** Closes the last windows: the replay ends after one week. */
  readonly end: boolean
}

interface Message {
  readonly line: string
  readonly seconds: number
  readonly id: number
  readonly entries: number
  readonly exits: number
}

/** A step of more than this, or backwards, is a counter that was reset. */
const LARGEST_STEP = 10_000

/** In [0, 1), from the ID alone: the same messages are repeated and held back in every run. */
function chance(id: number, salt: number): number {
  let h = Math.imul(id ^ salt, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}

/** A message: thirteen fields, `entries` and `exits` the riders since the turnstile's previous one. */
export const csvLine = (r: Omit<Reading, 'entries' | 'exits'>, id: number | string, entries: number, exits: number): string => {
  const t = timeTexts(r.seconds)
  return [
    r.controlArea,
    r.unit,
    r.scp,
    r.station,
    r.lines,
    r.division,
    t.date,
    t.time,
    r.description,
    entries,
    exits,
    id,
    t.timestamp,
  ].join(',')
}

/** Counters turned into riders since the turnstile's previous reading, in event-time order; the first reading of a turnstile counts nobody. */
function toMessages(readings: readonly Reading[]): Message[] {
  const before = new Map<string, Reading>()
  const step = (now: number, then: number): number => (now < then || now - then > LARGEST_STEP ? 0 : now - then)
  return readings
    .map((reading, i) => ({ reading, i }))
    .sort((a, b) => a.reading.seconds - b.reading.seconds || a.i - b.i)
    .map(({ reading }, i) => {
      const turnstile = `${reading.controlArea}|${reading.unit}|${reading.scp}`
      const last = before.get(turnstile)
      before.set(turnstile, reading)
      const entries = last ? step(reading.entries, last.entries) : 0
      const exits = last ? step(reading.exits, last.exits) : 0
      return { line: csvLine(reading, i + 1, entries, exits), seconds: reading.seconds, id: i + 1, entries, exits }
    })
}

/**
 * Lays the week out in slots. A pure function of the readings: file k is the same in every run.
 *
 * One batch reads one file, so the late filter of file k knows the event times up to file k-2. A held-back message goes into the first file whose
 * filter has passed it: late in every run. A repeated one goes into the same file or the next, where the first copy is still remembered.
 */
export function layOut(readings: readonly Reading[], replay: Replay): Slot[] {
  const messages = toMessages(readings)
  const slotOf = (m: Message): number => Math.floor(m.seconds / replay.slotSeconds)
  const first = slotOf(messages[0]!)
  const onTime = new Map<number, number>()
  const isLate = (m: Message): boolean => chance(m.id, 0x1a7e) < replay.late
  for (const m of messages) if (!isLate(m)) onTime.set(slotOf(m), m.seconds)
  const slots = [...onTime.keys()]
  const position = new Map(slots.map((s, i) => [s, i]))
  const files: Message[][] = slots.map(() => [])
  let release = 2
  for (const m of messages) {
    let file = position.get(slotOf(m))
    if (isLate(m) || file === undefined) {
      while (release < slots.length && onTime.get(slots[release - 2]!)! - replay.watermarkSeconds < m.seconds) release++
      // The last messages of the week have no later file to be late in; one whose slot held nothing else joins the next.
      file = release < slots.length ? release : (file ?? slots.findIndex(s => s > slotOf(m)))
      if (file === -1) file = slots.length - 1
    }
    files[file]!.push(m)
    if (chance(m.id, 0xd0b1e) < replay.duplicates) {
      const heldBack = file !== position.get(slotOf(m))
      const next = Math.min(file + (heldBack || chance(m.id, 0x2e7) < 0.5 ? 0 : 1), slots.length - 1)
      files[next]!.push(m)
    }
  }
  const laid = slots.map((s, i) => slot(s - first, files[i]!))
  return replay.end ? [...laid, ...endSlots(messages.at(-1)!.seconds, first, replay)] : laid
}

const slot = (number: number, messages: readonly Message[]): Slot => ({
  number,
  lines: messages.map(m => m.line),
  totals: messages.reduce((t, m) => ({ rows: t.rows + 1, entries: t.entries + m.entries, exits: t.exits + m.exits }), NOTHING),
})

/**
 * A reading of a turnstile `END` later than every window's end plus the watermark. The batch that reads it moves the watermark, the batch after it
 * closes the windows; so it is said twice, in the last two files (docs/decisions/2026-11-21-the-end-of-a-replay.md).
 */
function endSlots(lastSeconds: number, first: number, replay: Replay): Slot[] {
  const span = replay.windowSeconds + replay.watermarkSeconds
  const at = (Math.floor(lastSeconds / replay.slotSeconds) + Math.ceil(span / replay.slotSeconds) + 2) * replay.slotSeconds
  return [0, 1].map(i => {
    const seconds = at + i * replay.slotSeconds
    const end: Reading = {
      controlArea: 'END',
      unit: 'END',
      scp: 'END',
      station: 'END',
      lines: 'END',
      division: 'END',
      seconds,
      description: 'END',
      entries: 0,
      exits: 0,
    }
    return { number: seconds / replay.slotSeconds - first, lines: [csvLine(end, -1 - i, 0, 0)], totals: NOTHING }
  })
}
