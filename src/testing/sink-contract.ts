import { deepStrictEqual, ok } from 'node:assert/strict'
import type { Output, Sink, ToFiles, WrittenFile } from '../connectors/contract.ts'
import { batchFromRows, rowsOf, type StructType } from '../types/index.ts'
import { type ContractCase, casesOf } from './contract-case.ts'

/** A sink to try: it takes batches of these columns. */
export interface SinkTenant {
  readonly name: string
  readonly schema: StructType
  /** The `n`-th row, as an object. */
  row(n: number): object
  /** Opens the sink on a new place; `again` opens it on the same one, as a restart does; `read` answers all rows there, in any order. */
  open(): Promise<{ readonly sink: Sink; again(): Promise<Sink>; read(): Promise<readonly object[]> }>
  /** How an output of these rows makes files, for sinks that ask for `toFiles`. */
  readonly toFiles?: MakeFiles
  /** Promises it cannot keep, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
}

export type MakeFiles = (rows: readonly object[], options: ToFiles) => Promise<readonly WrittenFile[]>

/** An output of these rows, as the engine would hand it over. */
export function outputOf(schema: StructType, rows: readonly object[], toFiles?: MakeFiles): Output {
  const batch = batchFromRows(schema, rows)
  return {
    schema,
    rowCount: rows.length,
    ref: 'test',
    async *batches() {
      if (rows.length > 0) yield batch
    },
    async *rows() {
      yield* rowsOf(batch)
    },
    toFiles: async options => {
      if (!toFiles) throw new Error('this sink needs `toFiles` in its tenant')
      return toFiles(rows, options)
    },
  }
}

const options = { signal: new AbortController().signal, outputMode: 'append', noData: false } as const
const numbers = (tenant: SinkTenant, ...ns: number[]): object[] => ns.map(n => tenant.row(n))
const write = (tenant: SinkTenant, sink: Sink, id: number, ...ns: number[]) =>
  sink.write(id, outputOf(tenant.schema, numbers(tenant, ...ns), tenant.toFiles), options)
const text = (rows: readonly object[]): string[] =>
  rows.map(row => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))).sort()

const PROMISES: Readonly<Record<string, (tenant: SinkTenant) => Promise<void>>> = {
  'every row of every batch is there': async tenant => {
    const { sink, read } = await tenant.open()
    await write(tenant, sink, 0, 1, 2)
    await write(tenant, sink, 1, 3)
    await sink.close()
    deepStrictEqual(text(await read()), text(numbers(tenant, 1, 2, 3)))
  },
  'the same batch id twice leaves one copy': async tenant => {
    const { sink, read } = await tenant.open()
    await write(tenant, sink, 0, 1, 2)
    await write(tenant, sink, 0, 1, 2)
    await sink.close()
    deepStrictEqual(text(await read()), text(numbers(tenant, 1, 2)))
  },
  'also after a restart': async tenant => {
    const { sink, again, read } = await tenant.open()
    await write(tenant, sink, 0, 1)
    await write(tenant, sink, 1, 2, 3)
    await sink.close()
    const restarted = await again()
    await write(tenant, restarted, 1, 2, 3)
    await write(tenant, restarted, 2, 4)
    await restarted.close()
    deepStrictEqual(text(await read()), text(numbers(tenant, 1, 2, 3, 4)))
  },
  'an empty batch is fine': async tenant => {
    const { sink, read } = await tenant.open()
    await write(tenant, sink, 0)
    await write(tenant, sink, 1, 1)
    await sink.close()
    deepStrictEqual(text(await read()), text(numbers(tenant, 1)))
  },
  'it says what it delivers, and why when that is not exactly once': async tenant => {
    const { sink } = await tenant.open()
    ok(sink.description.length > 0)
    ok(sink.delivery === 'exactly-once' || (sink.why ?? '').length > 0, 'an at-least-once sink must say why')
    await sink.close()
  },
}

/** The promises of `Sink` as tests. */
export const sinkContract = (tenant: SinkTenant): readonly ContractCase[] => casesOf(tenant, PROMISES)
