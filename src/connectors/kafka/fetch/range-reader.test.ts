import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchBytes, markerBatch } from '../../../../test/support/kafka-batches.ts'
import type { AbortedTransaction } from '../records/aborted.ts'
import { RecordTable } from '../records/record-table.ts'
import { kafkaSchema } from '../schema.ts'
import { decodeChunk } from './range-reader.ts'
import { Tape } from './tape.ts'

/** What producers did, one after the other; each step is a batch of the log. */
type Step =
  | { readonly do: 'write'; readonly producer: number; readonly records: number }
  | { readonly do: 'plain'; readonly records: number }
  | { readonly do: 'end'; readonly producer: number; readonly type: 'abort' | 'commit' }
  | { readonly do: 'hole'; readonly offsets: number }

interface Placed {
  readonly step: Exclude<Step, { do: 'hole' }>
  readonly first: number
  readonly last: number
  readonly bytes: Uint8Array
}

interface Log {
  readonly batches: readonly Placed[]
  readonly end: number
  readonly aborted: readonly (AbortedTransaction & { readonly marker: number })[]
  /** Offsets a read_committed reader must get, reckoned with the whole log in hand. */
  readonly committed: readonly number[]
}

async function play(steps: readonly Step[]): Promise<Log> {
  const batches: Placed[] = []
  const open = new Map<number, number[]>()
  const aborted: (AbortedTransaction & { readonly marker: number })[] = []
  const committed: number[] = []
  let end = 0
  const write = async (step: Exclude<Step, { do: 'end' | 'hole' }>): Promise<number[]> => {
    const offsets = Array.from({ length: step.records }, (_, i) => end + i)
    const transactional = step.do === 'write' ? { producerId: step.producer, transactional: true } : {}
    const records = offsets.map((_, i) => ({ offsetDelta: i, value: Buffer.from('v') }))
    batches.push({
      step,
      first: end,
      last: end + step.records - 1,
      bytes: await batchBytes({ firstOffset: end, records, ...transactional }),
    })
    end += step.records
    return offsets
  }
  const finish = async (producer: number, type: 'abort' | 'commit'): Promise<void> => {
    const offsets = open.get(producer)
    if (!offsets) return
    open.delete(producer)
    if (type === 'commit') committed.push(...offsets)
    else aborted.push({ producerId: producer, firstOffset: offsets[0]!, marker: end })
    batches.push({ step: { do: 'end', producer, type }, first: end, last: end, bytes: await markerBatch(end, producer, type) })
    end += 1
  }
  for (const step of steps) {
    if (step.do === 'hole') end += step.offsets
    else if (step.do === 'end') await finish(step.producer, step.type)
    else if (step.do === 'plain') committed.push(...(await write(step)))
    else open.set(step.producer, [...(open.get(step.producer) ?? []), ...(await write(step))])
  }
  // Below the last stable offset every transaction has ended.
  for (const producer of [...open.keys()]) await finish(producer, 'abort')
  return { batches, end, aborted, committed: committed.sort((a, b) => a - b) }
}

/** What a broker answers: batches from the one that holds the offset on, and every aborted transaction that touches them. */
function fetched(log: Log, from: number, batches: number, cutOff: number): { bytes: Uint8Array; aborted: AbortedTransaction[] } {
  const all = log.batches.filter(b => b.last >= from)
  const whole = all.slice(0, batches)
  const upper = (whole.at(-1)?.last ?? from) + 1
  const next = all[batches]?.bytes ?? new Uint8Array(0)
  const cut = next.subarray(0, Math.max(0, Math.min(cutOff, next.length - 1)))
  return {
    bytes: new Uint8Array(Buffer.concat([...whole.map(b => b.bytes), cut])),
    aborted: log.aborted.filter(a => a.marker >= from && a.firstOffset < upper).map(({ marker: _, ...a }) => a),
  }
}

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), producer: fc.nat(3), records: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plain' as const), records: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      producer: fc.nat(3),
      type: fc.constantFrom('abort' as const, 'commit' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hole' as const), offsets: fc.integer({ min: 1, max: 5 }) }) },
)

test('read_committed gives what was committed, for any transactions, fetch sizes and ranges', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 30 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(70)), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(60), { maxLength: 4 }),
      fc.nat(10),
      fc.integer({ min: 1, max: 5 }),
      async (steps, sizes, cuts, start, slice) => {
        const log = await play(steps)
        const ends = [...new Set([...cuts.map(c => Math.min(c, log.end)), log.end])].filter(e => e > start).sort((a, b) => a - b)
        const tape = new Tape({ topic: 't', partition: 0 }, start, Number.POSITIVE_INFINITY)
        const got: number[][] = []
        let asked = 0
        for (const to of ends) {
          const rows: number[] = []
          let table = new RecordTable(kafkaSchema(false), undefined, { rows: 4, bytes: 64 })
          const take = (): void => {
            const batch = table.finish()
            for (const offset of batch.columns[4]!.values as BigInt64Array) rows.push(Number(offset))
            table = new RecordTable(kafkaSchema(false), undefined, { rows: 4, bytes: 64 })
          }
          while (tape.position < to) {
            const chunk = tape.chunks[0]
            if (!chunk) {
              // Behind the last batch of a log that ends in a hole nothing ever comes.
              if (!log.batches.some(b => b.last >= tape.next)) break
              const [batches, cutOff] = sizes[asked++ % sizes.length]!
              const answer = fetched(log, tape.next, batches, cutOff)
              tape.append(answer.bytes, answer.aborted)
              continue
            }
            const outcome = decodeChunk(tape, chunk, to, table, () => table.length >= slice, { readCommitted: true, checkCrcs: true })
            if (outcome === 'full') take()
            if (outcome === 'chunk-over' || (outcome === 'done' && chunk.end <= to)) tape.drop()
          }
          take()
          got.push(rows)
        }
        const wanted = ends.map((to, i) => log.committed.filter(o => o >= (ends[i - 1] ?? start) && o < to))
        expect(got).toEqual(wanted)
      },
    ),
    { numRuns: 400 },
  )
})

test('read_uncommitted gives every record but no marker', async () => {
  const log = await play([
    { do: 'write', producer: 1, records: 2 },
    { do: 'end', producer: 1, type: 'abort' },
    { do: 'write', producer: 1, records: 1 },
  ])
  const tape = new Tape({ topic: 't', partition: 0 }, 0, 10)
  tape.append(fetched(log, 0, 99, 0).bytes, [])
  const table = new RecordTable(kafkaSchema(false), new Set([4]), { rows: 4, bytes: 64 })
  expect(decodeChunk(tape, tape.chunks[0]!, log.end, table, () => false, { readCommitted: false, checkCrcs: true })).toBe('done')
  expect(Array.from(table.finish().columns[4]!.values as BigInt64Array)).toEqual([0n, 1n, 3n])
})
