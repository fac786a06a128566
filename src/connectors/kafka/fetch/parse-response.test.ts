import { describe, expect, test } from 'vitest'
import { parseFetchAnswer } from './parse-response.ts'

const i16 = (n: number): number[] => [(n >> 8) & 255, n & 255]
const i32 = (n: number): number[] => [...i16(n >> 16), ...i16(n)]
const i64 = (n: number): number[] => [...i32(Math.floor(n / 2 ** 32)), ...i32(n)]
const NO_TAGS = 0
const UUID = Array.from({ length: 16 }, (_, i) => i * 17)

interface Part {
  readonly partition: number
  readonly error?: number
  readonly aborted?: readonly (readonly [producer: number, first: number])[] | null
  readonly records?: readonly number[] | null
  readonly tags?: readonly number[]
}

function partBytes({ partition, error = 0, aborted = null, records = null, tags = [NO_TAGS] }: Part): number[] {
  const list = aborted === null ? [0] : [aborted.length + 1, ...aborted.flatMap(([p, f]) => [...i64(p), ...i64(f), NO_TAGS])]
  const bytes = records === null ? [0] : [records.length + 1, ...records]
  return [...i32(partition), ...i16(error), ...i64(2 ** 33 + 1), ...i64(7), ...i64(0), ...list, ...i32(-1), ...bytes, ...tags]
}
const answer = (topic: readonly number[], parts: readonly Part[]): Uint8Array =>
  Uint8Array.from([...i32(0), ...i16(0), ...i32(0), 2, ...topic, parts.length + 1, ...parts.flatMap(partBytes), NO_TAGS, NO_TAGS])

describe('a Fetch answer', () => {
  const name = [7, ...Buffer.from('clicks')]

  test('names topics by name in version 12 and by id from 13 on', () => {
    expect(parseFetchAnswer(answer(name, [{ partition: 4 }]), 12).parts[0]).toMatchObject({ topic: 'clicks', partition: 4 })
    const byId = parseFetchAnswer(answer(UUID, [{ partition: 4 }]), 13).parts[0]
    expect(byId).toMatchObject({ topic: '00112233-4455-6677-8899-aabbccddeeff', partition: 4 })
  })

  test('tells ends, aborted transactions, errors and records of each partition', () => {
    const parts: Part[] = [
      {
        partition: 0,
        aborted: [
          [2 ** 40, 5],
          [3, 2 ** 34],
        ],
        records: [1, 2, 3],
      },
      { partition: 1, error: 6, records: [] },
    ]
    const { errorCode, parts: found } = parseFetchAnswer(answer(name, parts), 12)
    expect(errorCode).toBe(0)
    const ends = { highWatermark: 2 ** 33 + 1, lastStableOffset: 7 }
    expect(found).toEqual([
      {
        ...{ topic: 'clicks', partition: 0, errorCode: 0, ...ends },
        aborted: [
          { producerId: 2 ** 40, firstOffset: 5 },
          { producerId: 3, firstOffset: 2 ** 34 },
        ],
        records: Uint8Array.of(1, 2, 3),
      },
      { topic: 'clicks', partition: 1, errorCode: 6, ...ends, aborted: [], records: new Uint8Array(0) },
    ])
  })

  test('passes over fields of later versions', () => {
    const tags = [2, 0, 3, 9, 9, 9, 1, 1, 9]
    const { parts } = parseFetchAnswer(answer(name, [{ partition: 0, tags }, { partition: 1 }]), 12)
    expect(parts.map(p => p.partition)).toEqual([0, 1])
  })

  test('cut short is no answer', () => {
    const whole = answer(name, [{ partition: 0, records: [1, 2, 3] }])
    for (let length = 0; length < whole.length; length++) expect(() => parseFetchAnswer(whole.subarray(0, length), 12)).toThrow(RangeError)
  })
})
