import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Offset, Scan, Source } from '../connectors/contract.ts'
import { rowsOf } from '../types/index.ts'
import { type ContractCase, casesOf } from './contract-case.ts'

/** A source to try. */
export interface SourceTenant {
  readonly name: string
  /** Opens the source on a new place; `again` opens it on the same one, as a restart does. */
  open(): Promise<{ readonly source: Source; again(): Promise<Source>; arrive(): Promise<void> }>
  /** Rows of a scan as objects; needed for scans of files. */
  readonly rows?: (scan: Scan) => Promise<readonly object[]>
  /** It makes rows by itself, so there is always something new: a few plans stand for all. */
  readonly endless?: true
  /** Promises it cannot keep, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
}

const signal = new AbortController().signal
const limit = { kind: 'default' } as const
const plan = (source: Source, start: Offset | null) => source.plan(start, limit, { signal })

async function rowsIn(tenant: SourceTenant, source: Source, start: Offset | null, end: Offset): Promise<readonly object[]> {
  const scan = await source.read(start, end, { signal })
  if (tenant.rows) return tenant.rows(scan)
  if (scan.kind === 'files') throw new Error('a source of files needs `rows` in its tenant')
  const all: object[] = []
  for await (const batch of scan.kind === 'bytes' ? scan.slices() : scan.batches) all.push(...rowsOf(batch))
  return all
}

const A_FEW = 3

/** Plans again and again until nothing is new, as the loop would. */
async function ends(tenant: SourceTenant, source: Source, start: Offset | null): Promise<Offset[]> {
  const all: Offset[] = []
  for (let at = start; !tenant.endless || all.length < A_FEW; at = all.at(-1)!) {
    const { end } = await plan(source, at)
    if (end === null || end === at) return all
    all.push(end)
  }
  return all
}

const PROMISES: Readonly<Record<string, (tenant: SourceTenant) => Promise<void>>> = {
  'without anything new the end stays at the start': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    const last = (await ends(tenant, source, null)).at(-1)!
    strictEqual((await plan(source, last)).end, last)
    await source.close()
  },
  'the same range gives the same rows every time': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    const end = (await plan(source, null)).end!
    const first = await rowsIn(tenant, source, null, end)
    ok(first.length > 0, 'arrive() must bring rows')
    await arrive()
    await ends(tenant, source, end)
    deepStrictEqual(await rowsIn(tenant, source, null, end), first)
    await source.close()
  },
  'also after a restart': async tenant => {
    const { source, again, arrive } = await tenant.open()
    await arrive()
    const end = (await plan(source, null)).end!
    const first = await rowsIn(tenant, source, null, end)
    await source.close()
    const restarted = await again()
    deepStrictEqual(await rowsIn(tenant, restarted, null, end), first)
    await arrive()
    const next = (await ends(tenant, restarted, end)).at(-1)!
    notStrictEqual(next, end)
    ok((await rowsIn(tenant, restarted, end, next)).length > 0)
    await restarted.close()
  },
  'ranges are open at the start and closed at the end: no row twice, none lost': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    const first = (await ends(tenant, source, null)).at(-1)!
    await arrive()
    const second = (await ends(tenant, source, first)).at(-1)!
    const [a, b, both] = [
      await rowsIn(tenant, source, null, first),
      await rowsIn(tenant, source, first, second),
      await rowsIn(tenant, source, null, second),
    ]
    deepStrictEqual([...a, ...b], both)
    await source.close()
  },
  'a frozen end stays where it is': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    await source.prepareAvailableNow({ signal })
    await arrive()
    const frozen = (await ends(tenant, source, null)).at(-1)!
    await arrive()
    strictEqual((await plan(source, frozen)).end, frozen)
    await source.close()
  },
  'changed resolves when something came, and when it is aborted': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    await ends(tenant, source, null)
    const heard = source.changed({ signal })
    await arrive()
    await heard
    await ends(tenant, source, null)
    const waiting = new AbortController()
    const ended = source.changed({ signal: waiting.signal })
    waiting.abort()
    await ended
    await source.close()
  },
  'after a commit it goes on from there': async tenant => {
    const { source, arrive } = await tenant.open()
    await arrive()
    const first = (await ends(tenant, source, null)).at(-1)!
    await arrive()
    const second = (await ends(tenant, source, first)).at(-1)!
    const rows = await rowsIn(tenant, source, first, second)
    await source.commit(first)
    deepStrictEqual(await rowsIn(tenant, source, first, second), rows)
    await source.close()
  },
}

/** The promises of `Source` as tests. */
export const sourceContract = (tenant: SourceTenant): readonly ContractCase[] => casesOf(tenant, PROMISES)
