import { expect, test } from 'vitest'
import { isMillraceError } from '../../errors/index.ts'
import { nodePlatform, type Platform } from '../../platform/index.ts'
import { localStore } from '../../storage/index.ts'
import { manualClock, memoryFiles } from '../../testing/index.ts'
import { ArrivalLog } from './log.ts'
import { type Arrival, decodeSegment, encodeSegment } from './segment.ts'

const clock = manualClock()
const files = memoryFiles(clock)
const platform: Platform = { ...nodePlatform, clock, files }
let places = 0
const place = () => ({ store: localStore(`/log${places++}`, platform), path: 'sources/0', millracePath: 'millrace/sources/0' })
const arrival = (n: number): Arrival => ({ at: 1000 + n, head: `{"n":${n}}`, body: Buffer.from(`body ${n}`) })
const numbers = async (log: ArrivalLog, start: number, end: number): Promise<number[]> => {
  const all: number[] = []
  for await (const slice of log.read(start, end)) all.push(...slice.map(a => JSON.parse(a.head).n))
  return all
}
const namesIn = async (at: ReturnType<typeof place>) => (await at.store.list(at.millracePath)).map(o => o.path.split('/').at(-1))

test('a segment is read as it was written, and not at all when a byte is missing or another', () => {
  const segment = { arrivals: [arrival(1), { at: 2.5, head: '', body: new Uint8Array() }], state: { id: 'ü' } }
  const bytes = encodeSegment(segment)
  expect(JSON.stringify(decodeSegment(bytes))).toBe(
    JSON.stringify({ ...segment, arrivals: segment.arrivals.map(a => ({ ...a, body: new Uint8Array(a.body) })) }),
  )
  expect(decodeSegment(bytes.subarray(0, -1))).toBeUndefined()
  expect(decodeSegment(bytes.with(20, bytes[20]! ^ 1))).toBeUndefined()
  expect(decodeSegment(new Uint8Array())).toBeUndefined()
})

test('those that wait together share one put', async () => {
  const at = place()
  const log = await ArrivalLog.open(at, platform)
  const ends = await Promise.all([log.append([arrival(0)]), log.append([arrival(1), arrival(2)]), log.append([arrival(3)], 'mark')])
  expect(ends).toEqual([0, 2, 3])
  expect(await namesIn(at)).toEqual(['00000000000000000000'])
  expect(await numbers(log, 0, 2)).toEqual([1, 2])
})

test('a new run goes on where the last one was, with its state', async () => {
  const at = place()
  const first = await ArrivalLog.open(at, platform)
  await first.append([arrival(0), arrival(1)], { id: 'a' })
  await first.append([arrival(2)])
  const second = await ArrivalLog.open(at, platform)
  expect([second.end, second.state]).toEqual([2, { id: 'a' }])
  expect(await second.append([arrival(3)])).toBe(3)
  expect(await numbers(second, -1, 3)).toEqual([0, 1, 2, 3])
})

test('forgetting leaves the newest object, which holds the count and the state', async () => {
  const at = place()
  const log = await ArrivalLog.open(at, platform)
  for (const n of [0, 1, 2]) await log.append([arrival(n)], n)
  await log.forget(0)
  expect(await namesIn(at)).toHaveLength(2)
  await log.forget(2)
  expect(await namesIn(at)).toEqual(['00000000000000000002'])
  const next = await ArrivalLog.open(at, platform)
  expect([next.end, next.state]).toEqual([2, 2])
  await expect(numbers(next, 0, 2)).rejects.toSatisfy(e => isMillraceError(e, 'ARRIVALS_GONE'))
})

test('of two runs on one log the second to take a position is told, and promises nothing', async () => {
  const at = place()
  const [one, two] = [await ArrivalLog.open(at, platform), await ArrivalLog.open(at, platform)]
  await one.append([arrival(1)])
  await expect(two.append([arrival(2)])).rejects.toSatisfy(e => isMillraceError(e, 'SOURCE_LOG_CONFLICT'))
  await expect(two.append([arrival(3)])).rejects.toSatisfy(e => isMillraceError(e, 'SOURCE_LOG_CONFLICT'))
  const next = await ArrivalLog.open(at, platform)
  expect(await numbers(next, -1, next.end)).toEqual([1])
})

test('an object cut off by a crash is left out where the store can leave such, and an error elsewhere', async () => {
  const write = async (links: boolean) => {
    files.links = links
    const at = place()
    const log = await ArrivalLog.open(at, platform)
    await log.append([arrival(0)], 'kept')
    const path = `${at.millracePath}/00000000000000000001`
    await at.store.write(path, encodeSegment({ arrivals: [arrival(1)] }).subarray(0, 30), { run: 'r', attempt: 0 })
    return at
  }
  const warnings: string[] = []
  const torn = await ArrivalLog.open(await write(false), platform, w => warnings.push(w.code))
  expect([torn.end, torn.state, warnings]).toEqual([0, 'kept', ['ARRIVALS_CUT_OFF']])
  expect(await torn.append([arrival(1)])).toBe(1)
  const whole = await write(true)
  await expect(ArrivalLog.open(whole, platform)).rejects.toSatisfy(e => isMillraceError(e, 'ARRIVAL_LOG_DAMAGED'))
})

test('a batch goes as far as its limits, and takes one object at least', async () => {
  const log = await ArrivalLog.open(place(), platform)
  for (const n of [0, 1, 2, 3]) await log.append([arrival(n), arrival(n)])
  expect(log.endWithin(-1, { bytes: 1 })).toBe(1)
  expect(log.endWithin(1, { bytes: 1 << 20 })).toBe(7)
  expect(log.endWithin(-1, { bytes: 1 << 20, arrivals: 3 })).toBe(2)
  expect(log.endWithin(2, { bytes: 1, arrivals: 3 })).toBe(3)
  expect(log.bytesAfter(7)).toBe(0)
  expect(log.bytesAfter(3)).toBe(log.bytesAfter(-1) / 2)
  expect(log.bytesAfter(4)).toBeLessThan(log.bytesAfter(3))
})

test('a put that fails ends the log: everybody who waits is told', async () => {
  const at = place()
  const broken = { ...at, store: { ...at.store, writeIfAbsent: () => Promise.reject(new Error('disk')) } }
  const log = await ArrivalLog.open(broken, platform)
  const all = await Promise.allSettled([log.append([arrival(0)]), log.append([arrival(1)])])
  expect(all.map(a => a.status)).toEqual(['rejected', 'rejected'])
  await log.settled()
  expect(log.failure).toMatchObject({ message: 'disk' })
})
