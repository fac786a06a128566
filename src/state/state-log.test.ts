import { describe, expect, test } from 'vitest'
import { fakePlatform, world } from '../../test/support/loop-fakes.ts'
import { localStore } from '../storage/index.ts'
import { decideRetention } from './decide-retention.ts'
import { parseStateFile, type StateFile, stateFile } from './state-file.ts'
import { openStateLog, type StateLog } from './state-log.ts'

const changes = (version: number, run = 'a'): StateFile => stateFile(0, version, run, 'changes')
const snapshot = (version: number, run = 'a'): StateFile => stateFile(0, version, run, 'snapshot')

test('names say version, run and kind, and read back', () => {
  expect(changes(3, 'r-1').path).toBe('millrace/state/0/3.r-1.parquet')
  expect(snapshot(3, 'r-1').path).toBe('millrace/state/0/3.r-1.snapshot.parquet')
  for (const file of [changes(12), snapshot(7)]) expect(parseStateFile(file.path)).toEqual(file)
  for (const other of ['3.parquet', 'x.r.parquet', '.3.r.parquet.tmp', '3.r.csv']) expect(parseStateFile(other)).toBeUndefined()
})

describe('retention', () => {
  const files = [changes(1), changes(2), snapshot(2), changes(3), changes(3, 'zombie'), changes(4), snapshot(4), changes(5)]
  test('keeps everything while no snapshot is old enough', () => {
    expect(decideRetention(files, 1, 5)).toEqual({ drop: [], doubtful: [3], base: 0 })
  })
  test('builds on the newest snapshot at or below the oldest version', () => {
    const { drop, base, doubtful } = decideRetention(files, 3, 5)
    expect([drop, base, doubtful]).toEqual([[changes(1), changes(2)], 2, [3]])
    expect(decideRetention(files, 4, 5)).toMatchObject({ base: 4, doubtful: [], drop: files.slice(0, 6) })
  })
  test('does not touch versions that are not committed yet', () => {
    expect(decideRetention([changes(6), changes(6, 'b')], 1, 5).doubtful).toEqual([])
  })
})

describe('a state log', () => {
  const open = async () => {
    const at = world()
    const platform = fakePlatform(at)
    const store = localStore('/chk', platform)
    const committed = new Map<number, string>()
    const log = (run: string): Promise<StateLog> => openStateLog({ store, operator: 0, run, committedRun: async v => committed.get(v) })
    const write = async (by: StateLog, version: number): Promise<void> => {
      await platform.files.write('/tmp/part', new TextEncoder().encode(`v${version}`))
      await by.writeChanges(version, '/tmp/part')
    }
    return { at, platform, committed, log, write }
  }
  const paths = (files: readonly StateFile[]): string[] => files.map(f => f.path.split('/').at(-1)!)

  test('reads only what commits name: a rerun writes beside, never over', async () => {
    const { committed, log, write } = await open()
    const zombie = await log('zombie')
    await write(zombie, 1)
    const again = await log('again')
    await write(again, 1)
    committed.set(1, 'again')
    expect(paths((await (await log('third')).load(1)).changes)).toEqual(['1.again.parquet'])
    expect(await (await log('x')).load(0)).toEqual({ version: 0, run: '', changes: [] })
  })
  test('loads the newest snapshot and the changes after it, across runs', async () => {
    const { committed, log, write, platform } = await open()
    const a = await log('a')
    for (const v of [1, 2, 3]) {
      await write(a, v)
      committed.set(v, 'a')
    }
    expect(a.changesSinceSnapshot(3)).toBe(3)
    await platform.files.write('/tmp/snap', new Uint8Array(1))
    await a.writeSnapshot(await a.load(2), '/tmp/snap')
    expect(a.changesSinceSnapshot(3)).toBe(1)
    const b = await log('b')
    await write(b, 4)
    committed.set(4, 'b')
    const version = await b.load(4)
    expect([paths([version.snapshot!]), paths(version.changes), version.run]).toEqual([
      ['2.a.snapshot.parquet'],
      ['3.a.parquet', '4.b.parquet'],
      'b',
    ])
  })
  test('a missing file names itself; so does a commit that is not there', async () => {
    const { committed, log, write, platform } = await open()
    const a = await log('a')
    await write(a, 1)
    await expect(a.load(1)).rejects.toMatchObject({ condition: 'STATE_FILE_MISSING', params: { path: 'commits/0' } })
    committed.set(1, 'a')
    await platform.files.remove('/chk/millrace/state/0/1.a.parquet')
    await expect((await log('b')).load(1)).rejects.toMatchObject({
      params: { operator: 0, version: 1, path: 'millrace/state/0/1.a.parquet' },
    })
  })
  test('purge leaves every version from the oldest on loadable, and sweeps what no commit names', async () => {
    const { at, committed, log, write, platform } = await open()
    const zombie = await log('zombie')
    await write(zombie, 4)
    const a = await log('a')
    for (const v of [1, 2, 3, 4, 5]) {
      await write(a, v)
      committed.set(v, 'a')
    }
    await platform.files.write('/tmp/snap', new Uint8Array(1))
    await a.writeSnapshot(await a.load(2), '/tmp/snap')
    expect(await a.purge(3, 5)).toBe(1)
    expect((await at.files.list('/chk/millrace/state/0')).toSorted()).toEqual([
      '2.a.snapshot.parquet',
      '3.a.parquet',
      '4.a.parquet',
      '5.a.parquet',
    ])
    const fresh = await log('b')
    for (const v of [3, 4, 5]) expect((await fresh.load(v)).snapshot?.version).toBe(2)
  })
})
