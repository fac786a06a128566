import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Offset, Scan, Source, Warning } from '../../src/connectors/contract.ts'
import { connector } from '../../src/connectors/kafka/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { rowsOf } from '../../src/types/index.ts'
import { kafka } from '../support/services/kafka.ts'

const places: string[] = []
const opened = new Set<Source>()
afterAll(async () => {
  for (const source of opened) await source.close()
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

/** A fresh directory for a checkpoint. */
export function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  places.push(directory)
  return directory
}

export interface Opened {
  readonly source: Source
  readonly warnings: readonly Warning[]
}

/** Options, checkpoint and settings of a source that is opened by hand. */
export interface OpenOptions {
  readonly checkpoint?: string
  readonly conf?: Readonly<Record<string, string>>
  readonly bootstrap?: string
}

const base = async (options: Readonly<Record<string, string>>, { conf = {}, bootstrap }: OpenOptions, warnings: Warning[]) => ({
  platform: nodePlatform,
  options: { 'kafka.bootstrap.servers': bootstrap ?? (await kafka()).plaintext, ...options },
  paths: [],
  conf: (key: string) => conf[key],
  store: async (uri: string) => localStore(uri, nodePlatform),
  warn: (warning: Warning) => void warnings.push(warning),
})

/** The Kafka source without an engine around it. */
export async function openSource(options: Readonly<Record<string, string>>, more: OpenOptions = {}): Promise<Opened> {
  const warnings: Warning[] = []
  const log = { store: localStore(more.checkpoint ?? place(), nodePlatform), path: 'sources/0', millracePath: 'millrace/sources/0' }
  const source = await connector.source!({ ...(await base(options, more, warnings)), log, sourceIndex: 0 })
  opened.add(source)
  return { source, warnings }
}

const { signal } = new AbortController()
export const plan = (source: Source, start: Offset | null) => source.plan(start, { kind: 'default' }, { signal })

/** Plans again and again, as the loop does, until the end is as it should be. */
export async function planUntil(source: Source, start: Offset | null, ready: (end: Offset) => boolean): Promise<Offset> {
  for (;;) {
    const { end } = await plan(source, start)
    if (end !== null && ready(end)) return end
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Rows between two offsets. */
export const rows = async (source: Source, start: Offset | null, end: Offset): Promise<Row[]> =>
  rowsIn(await source.read(start, end, { signal }))

export async function rowsIn(scan: Scan): Promise<Row[]> {
  if (scan.kind !== 'bytes') throw new Error('a Kafka source gives bytes')
  const all: Row[] = []
  for await (const batch of scan.slices()) all.push(...([...rowsOf(batch)] as unknown as Row[]))
  return all
}
export interface Row {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export const text = (value: Uint8Array | null): string | null => (value === null ? null : Buffer.from(value).toString())
export const values = async (source: Source, start: Offset | null, end: Offset): Promise<readonly (string | null)[]> =>
  (await rows(source, start, end)).map(row => text(row.value))

/** The rows of a batch read. */
export async function scanned(options: Readonly<Record<string, string>>, more: OpenOptions = {}): Promise<readonly (string | null)[]> {
  const found = await rowsIn(await connector.scan!(await base(options, more, [])))
  return found.map(row => text(row.value))
}
