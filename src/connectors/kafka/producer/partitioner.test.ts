import { expect, test } from 'vitest'
import { batchFromRows, parseDdl } from '../../../types/index.ts'
import { murmur2, partitionOfKey, partitionsOfRows, StickyPartition } from './partitioner.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

// The values that Kafka's own Java code gives for these keys.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %j is what Java says', (key, hash) => {
  expect(murmur2(bytes(key))).toBe(hash)
  const inside = bytes(`..${key}...`)
  expect(murmur2(inside, 2, inside.length - 3)).toBe(hash)
  expect(partitionOfKey(7, bytes(key))).toBe((hash & 0x7fffffff) % 7)
})

test('a partition column wins over the key, rows without either stay together until the batch is large', () => {
  const schema = parseDdl('key string, value string, partition int')
  const rows = [
    { key: 'abc', value: 'aaaa', partition: 3 },
    { key: 'abc', value: 'aaaa' },
    { value: 'aaaa' },
    { value: 'aaaa' },
    { value: 'aaaa' },
    { value: 'aaaa' },
  ]
  const [key, value, partition] = batchFromRows(schema, rows).columns
  const all = Int32Array.from(rows.keys())
  const of = partitionsOfRows({ key: key!, value: value!, partition: partition! }, all, 4, new StickyPartition(2, 8))
  expect([...of]).toEqual([3, (479470107 & 0x7fffffff) % 4, 2, 2, 3, 3])
})
