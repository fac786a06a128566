import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RemoteListing } from '../../src/connectors/files/remote-listing.ts'
import { col, count, Session } from '../../src/index.ts'
import { s3, s3Bucket, s3Conf } from '../support/services/buckets.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { storeProxy } from '../support/services/store-proxy.ts'
import { KINDS, openStore } from './open.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-store-files-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
const RIDE = 'id int, zone string'
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 20))
}

for (const kind of KINDS) {
  describeWith(kind.name, `files in ${kind.name}`, () => {
    test('a stream reads files as they come and writes files; a restart goes on; the lake reads back', { timeout: 120_000 }, async () => {
      const [root, conf] = [await kind.bucket(), await kind.conf()]
      const run = async (): Promise<void> => {
        await using session = await Session.open({ conf })
        const rides = session.readStream.schema(RIDE).option('header', true).csv(`${root}/in`)
        const query = await rides.writeStream
          .format('parquet')
          .partitionBy('zone')
          .option('checkpointLocation', `${root}/chk`)
          .trigger({ availableNow: true })
          .start(`${root}/lake`)
        await query.awaitTermination()
      }
      await using session = await Session.open({ conf })
      await session.fs.put(`${root}/in/a b.csv`, 'id,zone\n1,north\n2,south\n')
      await session.fs.put(`${root}/in/_hidden.csv`, 'id,zone\n9,x\n')
      await run()
      await session.fs.put(`${root}/in/b.csv`, 'id,zone\n3,north\n')
      await run()
      await run()
      const lake = session.read.parquet(`${root}/lake`)
      expect((await lake.collect()).map(r => `${r['id']} ${r['zone']}`).sort()).toEqual(['1 north', '2 south', '3 north'])
      const north = await session.read.option('basePath', `${root}/lake`).parquet(`${root}/lake/zone=n*`).collect()
      expect(north.map(r => `${r['id']} ${r['zone']}`).sort()).toEqual(['1 north', '3 north'])
      await expect(session.read.csv(`${root}/nothing`).collect()).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' })
    })

    test('a batch write is there with _SUCCESS; overwrite leaves only its own files, error and ignore leave what is there', async () => {
      const root = await kind.bucket()
      await using session = await Session.open({ conf: await kind.conf() })
      const rows = async (): Promise<number> => session.read.parquet(`${root}/out`).count()
      await session.range(5).write.parquet(`${root}/out`)
      await session.range(2).write.mode('append').parquet(`${root}/out`)
      expect(await rows()).toBe(7)
      await session.range(3).write.mode('overwrite').parquet(`${root}/out`)
      expect(await rows()).toBe(3)
      await expect(session.range(9).write.parquet(`${root}/out`)).rejects.toMatchObject({ condition: 'PATH_ALREADY_EXISTS' })
      await session.range(9).write.mode('ignore').parquet(`${root}/out`)
      expect(await rows()).toBe(3)
      expect((await session.fs.list(`${root}/out`)).map(f => f.name)).toContain('_SUCCESS')
    })

    test('files by name: put, get, list, copy from store to store, remove', async () => {
      const root = await kind.bucket()
      const mounts = { 'dbfs:/FileStore': join(place, kind.name), 'hdfs://name:8020': `${root}/hdfs` }
      await using session = await Session.open({ conf: await kind.conf(), mounts })
      const { fs } = session
      await fs.put(`${root}/a/one.txt`, 'one')
      await expect(fs.put(`${root}/a/one.txt`, 'two')).rejects.toMatchObject({ condition: 'PATH_ALREADY_EXISTS' })
      await fs.put(`${root}/a/one.txt`, 'first', { overwrite: true })
      await fs.put('hdfs://name:8020/b/two.txt', 'two')
      expect(Buffer.from(await fs.get(`${root}/hdfs/b/two.txt`)).toString()).toBe('two')
      expect(await fs.copy(root, 'dbfs:/FileStore/all', { recursive: true })).toBe(2)
      expect((await fs.list('dbfs:/FileStore/all', { recursive: true })).map(f => f.path)).toEqual([
        'dbfs:/FileStore/all/a/one.txt',
        'dbfs:/FileStore/all/hdfs/b/two.txt',
      ])
      expect(await fs.copy('dbfs:/FileStore/all/a/one.txt', `${root}/back/`)).toBe(1)
      expect((await fs.list(root)).map(f => f.name)).toEqual(['a/', 'back/', 'hdfs/'])
      expect(readFileSync(join(place, kind.name, 'all/a/one.txt'), 'utf8')).toBe('first')
      await fs.mkdirs('dbfs:/FileStore/empty')
      expect([await fs.exists('dbfs:/FileStore/empty'), await fs.exists(`${root}/a`), await fs.exists(`${root}/none`)]).toEqual([
        true,
        true,
        false,
      ])
      await expect(fs.rm(`${root}/a`)).rejects.toMatchObject({ condition: 'DIRECTORY_NEEDS_RECURSIVE' })
      expect(await fs.rm(`${root}/a`, { recursive: true })).toBe(true)
      expect(await fs.rm(`${root}/a`, { recursive: true })).toBe(false)
      await expect(fs.rm(root, { recursive: true })).rejects.toMatchObject({ condition: 'REMOVE_NEEDS_FORCE' })
      await fs.rm(root, { recursive: true, force: true })
      expect(await fs.list(root)).toEqual([])
      await expect(fs.list(`${root}/gone`)).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' })
    })
  })
}

describeWith('s3', 'a stream over S3', () => {
  test('a second run of the same checkpoint on this machine is refused, and the checkpoint cannot be removed while it runs', async () => {
    const root = `s3://${await s3Bucket()}`
    await using session = await Session.open({ conf: await s3Conf() })
    await using other = await Session.open({ conf: await s3Conf() })
    const start = (on: Session) =>
      on.readStream.format('rate').load().writeStream.format('noop').option('checkpointLocation', `${root}/deep/chk`).start()
    const query = await start(session)
    await expect(start(other)).rejects.toMatchObject({ condition: 'CHECKPOINT_IN_USE' })
    await expect(session.fs.rm(`${root}/deep`, { recursive: true })).rejects.toMatchObject({ condition: 'REMOVE_NEEDS_FORCE' })
    await query.stop()
    expect(await session.fs.rm(`${root}/deep`, { recursive: true })).toBe(true)
  })

  test('state is kept in the store: a restart counts on', { timeout: 60_000 }, async () => {
    const root = `s3://${await s3Bucket()}`
    const counts = async (): Promise<readonly unknown[]> => {
      await using session = await Session.open({ conf: await s3Conf() })
      const seen: unknown[] = []
      const query = await session.readStream
        .schema('zone string')
        .csv(`${root}/in`)
        .groupBy(col('zone'))
        .agg(count('*').as('n'))
        .writeStream.outputMode('complete')
        .foreachBatch(async batch => {
          seen.splice(0, seen.length, ...(await batch.collect()).map(r => `${r['zone']} ${r['n']}`))
        })
        .option('checkpointLocation', `${root}/chk`)
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return seen.toSorted()
    }
    await using session = await Session.open({ conf: await s3Conf() })
    await session.fs.put(`${root}/in/1.csv`, 'north\nsouth\nnorth\n')
    expect(await counts()).toEqual(['north 2', 'south 1'])
    await session.fs.put(`${root}/in/2.csv`, 'south\n')
    expect(await counts()).toEqual(['north 2', 'south 2'])
  })

  test('an object that is replaced after it was admitted ends the query by name; one that goes away too', { timeout: 60_000 }, async () => {
    const root = `s3://${await s3Bucket()}`
    await using proxy = await storeProxy((await s3()).endpoint)
    await using session = await Session.open({ conf: await s3Conf(proxy.endpoint), logLevel: 'OFF' })
    await using person = await Session.open({ conf: await s3Conf() })
    const run = async (chk: string): Promise<void> => {
      const stream = session.readStream.schema('v string').csv(`${root}/in`)
      const query = await stream.writeStream
        .format('noop')
        .option('checkpointLocation', `${root}/${chk}`)
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
    }
    for (const [what, condition] of [
      [() => person.fs.put(`${root}/in/1.csv`, 'new', { overwrite: true }), 'SOURCE_FILE_CHANGED'],
      [() => person.fs.rm(`${root}/in/1.csv`), 'SOURCE_FILE_VANISHED'],
    ] as const) {
      await person.fs.put(`${root}/in/1.csv`, 'old', { overwrite: true })
      // between the admission, which is logged in the checkpoint, and the reading
      let done: Promise<unknown> | undefined
      proxy.spoil(({ method, path }) => {
        if (method === 'PUT' && /\/sources\/0\/0/.test(path)) done ??= what()
        return undefined
      })
      await expect(run(condition)).rejects.toMatchObject({ cause: { condition } })
      proxy.spoil(() => undefined)
      await done
    }
  })

  test('while nothing arrives there is one listing, ever more seldom', { timeout: 60_000 }, async () => {
    const bucket = await s3Bucket()
    await using proxy = await storeProxy((await s3()).endpoint)
    await using session = await Session.open({ conf: await s3Conf(proxy.endpoint) })
    await session.fs.put(`s3://${bucket}/in/1.csv`, 'a\n')
    const stream = session.readStream.schema('v string').csv(`s3://${bucket}/in`)
    const query = await stream.writeStream.format('noop').option('checkpointLocation', `s3://${bucket}/chk`).start()
    await query.processAllAvailable()
    proxy.clear()
    const looks: number[] = []
    for (let n = 1; n <= 4; n++) {
      await until(() => proxy.requests.length >= n)
      looks.push(performance.now())
    }
    expect(looks[3]! - looks[2]!).toBeGreaterThan(looks[1]! - looks[0]!)
    expect(proxy.requests.every(r => r.path.includes('list-type=2') && r.path.includes('prefix=in%2F'))).toBe(true)
    await session.fs.put(`s3://${bucket}/in/2.csv`, 'b\n')
    await until(() => query.lastProgress?.batchId === 1)
    await query.stop()
  })

  test('many files: names behind the last one are asked for, names before it are found in a later look', { timeout: 120_000 }, async () => {
    const bucket = await s3Bucket()
    await using proxy = await storeProxy((await s3()).endpoint)
    await using session = await Session.open({ conf: await s3Conf(proxy.endpoint) })
    const name = (n: number): string => `s3://${bucket}/in/${String(n).padStart(6, '0')}.csv`
    for (let i = 100; i < 1200; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => session.fs.put(name(i + k), 'x\n')))
    const stream = session.readStream.schema('v string').csv(`s3://${bucket}/in`)
    const rows: number[] = []
    const query = await stream.writeStream
      .foreachBatch(async batch => void rows.push(await batch.count()))
      .option('checkpointLocation', `s3://${bucket}/chk`)
      .start()
    await query.processAllAvailable()
    expect(rows.reduce((a, b) => a + b, 0)).toBe(1100)
    proxy.clear()
    await session.fs.put(name(2000), 'y\n')
    await until(() => rows.reduce((a, b) => a + b, 0) === 1101)
    expect(proxy.requests.some(r => r.path.includes('start-after='))).toBe(true)
    await query.stop()
    // a file with an earlier name, and one in a new partition directory
    const store = await openStore(`s3://${bucket}`, await s3Conf())
    const there = await openStore(`s3://${bucket}/in`, await s3Conf())
    const listing = new RemoteListing({ kind: 'remote', path: there.uri, store: there, bucket: store, globs: [] }, { recursive: false })
    expect((await listing.files()).length).toBe(1101)
    await session.fs.put(name(1), 'z\n')
    await session.fs.put(`s3://${bucket}/in/day=1/a.csv`, 'z\n')
    const found = new Set<string>()
    for (let look = 0; look < 8; look++) for (const file of await listing.files()) found.add(file.path)
    expect(found).toContain(name(1))
    expect(found).toContain(`s3://${bucket}/in/day=1/a.csv`)
  })

  test('maxBytesPerTrigger divides a backlog, and its copies do not stay on this machine', { timeout: 60_000 }, async () => {
    const bucket = await s3Bucket()
    const temporary = mkdtempSync(join(place, 'temporary-'))
    await using session = await Session.open({ conf: { ...(await s3Conf()), 'millrace.tempDirectory': temporary } })
    for (let i = 0; i < 6; i++) {
      writeFileSync(join(place, 'large.csv'), `${'0123456789'.repeat(10)}\n`.repeat(1000))
      await session.fs.copy(join(place, 'large.csv'), `s3://${bucket}/in/${i}.csv`)
    }
    const stream = session.readStream.schema('v string').option('maxBytesPerTrigger', 210_000).csv(`s3://${bucket}/in`)
    const query = await stream.writeStream.format('noop').option('checkpointLocation', `s3://${bucket}/chk`).start()
    await query.processAllAvailable()
    expect(query.recentProgress.filter(p => p.numInputRows > 0).map(p => p.numInputRows)).toEqual([2000, 2000, 2000])
    await query.stop()
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(temporary, { recursive: true }).filter(name => String(name).endsWith('.csv'))).toEqual([])
  })
})
