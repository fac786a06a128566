import { describe, expect, test } from 'vitest'
import type { Output } from '../connectors/contract.ts'
import { MemoryStream } from '../connectors/memory/index.ts'
import { MemorySource } from '../connectors/memory/stream.ts'
import { batchFromRows, parseDdl, rowsOf } from '../types/index.ts'
import { casesOf } from './contract-case.ts'
import { sinkContract } from './sink-contract.ts'
import { sourceContract } from './source-contract.ts'

const schema = parseDdl('n int, s string')

describe('the memory source', () => {
  const cases = sourceContract({
    name: 'memory',
    open: async () => {
      const stream = new MemoryStream(schema)
      let n = 0
      return {
        source: new MemorySource(stream),
        again: async () => new MemorySource(stream),
        arrive: async () => void stream.addBatch(batchFromRows(schema, [{ n: n++, s: 'a' }])),
      }
    },
  })
  for (const { name, skip, run } of cases) test.skipIf(skip)(name, run)
})

/** A sink that forgets or keeps what it should. */
const table = (idempotent: boolean) => {
  const batches = new Map<string, object[]>()
  let writes = 0
  const sink = {
    description: 'table',
    delivery: 'exactly-once',
    write: async (id: number, output: Output) => {
      const rows: object[] = []
      for await (const batch of output.batches()) rows.push(...rowsOf(batch))
      batches.set(idempotent ? `${id}` : `${writes++}`, rows)
      return { numOutputRows: rows.length }
    },
    close: async () => {},
  } as const
  return { sink, again: async () => sink, read: async () => [...batches.values()].flat() }
}
const tenant = { name: 'a table', schema, row: (n: number) => ({ n, s: `row ${n}` }), open: async () => table(true) }

describe('a sink that keeps one copy', () => {
  for (const { name, run } of sinkContract(tenant)) test(name, run)
})
test('a sink that appends twice is found out', async () => {
  const twice = sinkContract({ ...tenant, open: async () => table(false) }).find(c => c.name.includes('twice'))
  await expect(twice!.run()).rejects.toThrow()
})
test('a skipped promise has to exist', () => {
  expect(() => casesOf({ name: 'x', skip: { never: 'because' } }, {})).toThrow('"never"')
})
