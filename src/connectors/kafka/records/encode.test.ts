import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CodecName, loadCodec } from '../../../formats/compression.ts'
import { batchFromRows, parseDdl } from '../../../types/index.ts'
import { BatchWriter } from './encode.ts'
import { sealBatch, splitBatch, stampBatch } from './encode-batch.ts'
import { readVarint } from './encode-bytes.ts'

/** The protocol's layout, read byte by byte: slow, and nothing of it shared with what is tested. */
async function readBatch(bytes: Uint8Array, codec: CodecName) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records = (await loadCodec(codec)).decompress(bytes.subarray(61))
  const at = { next: 0 }
  const field = () => {
    const length = readVarint(records, at)
    if (length < 0) return null
    at.next += length
    return Buffer.from(records.subarray(at.next - length, at.next)).toString('latin1')
  }
  const read = Array.from({ length: view.getInt32(57) }, () => {
    const length = readVarint(records, at)
    const end = at.next + length
    at.next++
    const timestamp = Number(view.getBigInt64(27)) + readVarint(records, at)
    const offset = readVarint(records, at)
    const [key, value] = [field(), field()]
    const headers = Array.from({ length: readVarint(records, at) }, () => [field(), field()])
    expect(at.next).toBe(end)
    return { timestamp, offset, key, value, headers }
  })
  expect(at.next).toBe(records.length)
  expect(view.getInt32(8)).toBe(bytes.length - 12)
  expect(view.getInt32(23)).toBe(read.length - 1)
  expect(Number(view.getBigInt64(35))).toBe(Math.max(...read.map(r => r.timestamp)))
  return read
}

const schema = parseDdl('key binary, value binary, headers array<struct<key: string, value: binary>>')
const someBytes = fc.option(fc.uint8Array({ maxLength: 300 }))
const row = fc.record({
  key: someBytes,
  value: someBytes,
  headers: fc.option(fc.array(fc.record({ key: fc.string({ unit: 'binary-ascii', maxLength: 5 }), value: someBytes }), { maxLength: 3 })),
  timestampMs: fc.integer({ min: 0, max: 4e12 }),
})
const latin = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('latin1'))

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('records come back as they were written, packed with %s', async name => {
  const codec = await loadCodec(name)
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 200, max: 5000 }), async (rows, limit) => {
      const [key, value, headers] = batchFromRows(schema, rows).columns
      const timestampMs = Float64Array.from(rows, r => r.timestampMs)
      const order = Int32Array.from(rows.keys()).reverse()
      const columns = { length: rows.length, rows: order, key: key!, value: value!, headers: headers!, timestampMs }
      const back: object[] = []
      for (let from = 0; from < rows.length; ) {
        const writer = new BatchWriter(16)
        const to = writer.appendRows(columns, from, limit, 0)
        expect(to).toBeGreaterThan(from)
        const bytes = sealBatch(writer, { codec })
        stampBatch(bytes, { producerId: 7n, epoch: 1, sequence: from, transactional: false })
        const read = await readBatch(bytes, name)
        expect(read.map(r => r.offset)).toEqual([...read.keys()])
        if (read.length > 1) {
          const halves = splitBatch(bytes, codec).map(half => sealBatch(half, { codec }))
          const both = [...(await readBatch(halves[0]!, name)), ...(await readBatch(halves[1]!, name))]
          expect(both.map(({ offset: _, ...r }) => r)).toEqual(read.map(({ offset: _, ...r }) => r))
        }
        back.push(...read.map(({ offset: _, ...r }) => r))
        from = to
      }
      const wanted = rows.toReversed().map(r => ({
        timestamp: r.timestampMs,
        key: latin(r.key),
        value: latin(r.value),
        headers: (r.headers ?? []).map(h => [latin(new TextEncoder().encode(h.key)), latin(h.value)]),
      }))
      expect(back).toEqual(wanted)
    }),
    { numRuns: 60 },
  )
})

test('a batch ends before the record that does not fit, and takes its first one whatever its size', () => {
  const { columns } = batchFromRows(parseDdl('value string'), [{ value: 'x'.repeat(1000) }, { value: 'y' }])
  const writer = new BatchWriter(16)
  expect(writer.appendRows({ length: 2, value: columns[0]! }, 0, 500, 1)).toBe(1)
  expect(writer.appendRecord({ key: null, value: new Uint8Array(1) }, 500, 1)).toBe(false)
})
