import { describe, expect, test } from 'vitest'
import { nodePlatform } from '../../platform/index.ts'
import { localStore } from '../../storage/index.ts'
import { manualClock, memoryFiles, type SourceTenant, sourceContract } from '../../testing/index.ts'
import { rowsOf } from '../../types/index.ts'
import type { Connector, Source, SourceContext } from '../contract.ts'
import { connector, microBatchConnector } from './index.ts'

const { signal } = new AbortController()
const limit = { kind: 'default' } as const
const START = Date.UTC(2026, 0, 1)

/** A checkpoint in memory and a clock to turn: `open` again is a restart. */
function place({ source }: Connector, options: Record<string, string>) {
  const clock = manualClock(START)
  const platform = { ...nodePlatform, clock, files: memoryFiles(clock) }
  const store = localStore('/checkpoint', platform)
  const log = { store, path: 'sources/0', millracePath: 'millrace/sources/0' }
  const context: SourceContext = {
    platform,
    options,
    paths: [],
    conf: () => undefined,
    store: async () => store,
    warn: () => {},
    log,
    sourceIndex: 0,
  }
  return { clock, store, open: () => source!(context) }
}

/** A copy of this folder keeps what a source promises when this passes for it, too. */
const tenant = (connector: Connector, options: Record<string, string>, more: Partial<SourceTenant> = {}): SourceTenant => ({
  name: connector.name,
  open: async () => {
    const { clock, open } = place(connector, options)
    return { source: await open(), again: open, arrive: async () => clock.advance(1000) }
  },
  ...more,
})

const RANGES = 'ranges are open at the start and closed at the end: no row twice, none lost'
const TENANTS = [
  tenant(connector, { rowsPerSecond: '3' }),
  tenant(
    connector,
    { rowsPerSecond: '8', rampUpTime: '2s' },
    {
      name: 'rate with a ramp',
      skip: { [RANGES]: 'as in Spark the values of a range stand evenly in it, so during the ramp the range shows' },
    },
  ),
  tenant(
    microBatchConnector,
    { rowsPerBatch: '3' },
    {
      endless: true,
      skip: {
        'without anything new the end stays at the start': 'every plan makes the next batch: there is always something new',
        [RANGES]: 'as in Spark all rows of a batch have its start as their time, so the range they are read in shows',
      },
    },
  ),
]

for (const each of TENANTS)
  describe(each.name, () => {
    for (const promise of sourceContract(each)) test.skipIf(promise.skip)(promise.name, promise.run)
  })

async function rows(source: Source, start: string | null, end: string): Promise<readonly object[]> {
  const scan = await source.read(start, end, { signal })
  const found: object[] = []
  if (scan.kind === 'batches') for await (const batch of scan.batches) found.push(...rowsOf(batch))
  return JSON.parse(JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
}

test('rate: the same rows after a restart, by the time of the first start', async () => {
  const { clock, store, open } = place(connector, { rowsPerSecond: '2' })
  const first = await open()
  expect((await first.plan(null, limit, { signal })).end).toBe('0')
  clock.advance(2500)
  expect((await first.plan('0', limit, { signal })).end).toBe('2')
  expect(await rows(await open(), '0', '2')).toEqual(
    [0, 500, 1000, 1500].map((ms, value) => ({ timestamp: new Date(START + ms).toISOString(), value })),
  )
  expect(new TextDecoder().decode(await store.read('sources/0/0'))).toBe(`v1\n${START}`)
})

test('rate-micro-batch: as Spark recorded it', async () => {
  const source = await place(microBatchConnector, { rowsPerBatch: '3', startTimestamp: String(START) }).open()
  await source.prepareAvailableNow({ signal })
  const { end } = await source.plan(null, limit, { signal })
  expect(end).toBe(`{"offset":3,"timestamp":${START + 1000}}`)
  expect((await source.plan(end, limit, { signal })).end).toBe(end)
  expect(await rows(source, null, end!)).toEqual([0, 1, 2].map(value => ({ timestamp: '2026-01-01T00:00:00.000Z', value })))
})

test('an offset of another source is refused', async () => {
  const source = await place(connector, {}).open()
  await expect(source.read('{"logOffset":0}', '1', { signal })).rejects.toMatchObject({ condition: 'INVALID_OFFSET' })
})
