import { afterAll, beforeAll, expect, test } from 'vitest'
import { col, count, type DataFrame, Session } from '../../src/index.ts'
import { memory } from '../../src/testing/index.ts'
import { s3, s3Bucket, s3Conf } from '../support/services/buckets.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type StoreProxy, storeProxy } from '../support/services/store-proxy.ts'

/** Enough for snapshots, compactions and one purge. */
const BATCHES = 460
const KEPT = 20

describeWith('s3', 'the requests of a checkpoint in S3, counted by a proxy in front of it', () => {
  let proxy: StoreProxy
  let session: Session
  let bucket: string
  beforeAll(async () => {
    proxy = await storeProxy((await s3()).endpoint)
    bucket = await s3Bucket()
    session = await Session.open({ conf: { ...(await s3Conf(proxy.endpoint)), 'spark.sql.streaming.minBatchesToRetain': KEPT } })
  })
  afterAll(async () => {
    await session.close()
    await proxy[Symbol.asyncDispose]()
  })

  /** Runs so many batches of one row and prints what they cost, by operation and directory. */
  async function requests(
    name: string,
    of: (
      frame: DataFrame<{ id: bigint; n: bigint }, any>,
      checkpoint: string,
      out: string,
    ) => Promise<{ processAllAvailable(): Promise<void>; stop(): Promise<void> }>,
  ): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly perBatch: number; readonly deletes: number }> {
    const rows = memory(session, 'id bigint, n bigint')
    const query = await of(rows.df, `s3://${bucket}/${name}/chk`, `s3://${bucket}/${name}/out`)
    rows.add([{ id: 0n, n: 0n }])
    await query.processAllAvailable()
    proxy.clear()
    for (let i = 0; i < BATCHES; i++) {
      rows.add([{ id: BigInt(i), n: BigInt(i % 10) }])
      await query.processAllAvailable()
    }
    const counts = proxy.counts(`${bucket}/${name}`)
    await idle()
    expect(proxy.counts(`${bucket}/${name}`)).toEqual(counts)
    await query.stop()
    const all = Object.values(counts).reduce((sum, n) => sum + n, 0)
    const deletes = Object.entries(counts).reduce((sum, [what, n]) => sum + (what.startsWith('DELETE') ? n : 0), 0)
    console.log(`${name}: ${(all / BATCHES).toFixed(2)} requests per batch, ${deletes} deletes in ${BATCHES} batches`, counts)
    return { counts, perBatch: all / BATCHES, deletes }
  }
  /** A while in which nothing arrives. */
  const idle = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 300))

  test('stateless: offsets and commits, one each', { timeout: 120_000 }, async () => {
    const { counts, perBatch, deletes } = await requests('stateless', (frame, checkpointLocation) =>
      frame.writeStream.format('noop').options({ checkpointLocation }).start(),
    )
    expect([counts['PUT chk/offsets'], counts['PUT chk/commits']]).toEqual([BATCHES, BATCHES])
    expect(perBatch).toBeLessThanOrEqual(2.01)
    expect(deletes).toBeLessThanOrEqual(BATCHES / 100)
  })
  test('a file sink’s log: one more, beside the data', { timeout: 120_000 }, async () => {
    const { counts, perBatch, deletes } = await requests('files', (frame, checkpointLocation, path) =>
      frame.writeStream.format('parquet').options({ checkpointLocation, path }).start(),
    )
    expect(counts['PUT out/_spark_metadata']).toBe(BATCHES)
    expect(counts['PUT out']).toBe(BATCHES)
    expect(perBatch).toBeLessThanOrEqual(4.01)
    expect(deletes).toBeLessThanOrEqual(BATCHES / 100)
  })
  test('a stateful operator: one more', { timeout: 120_000 }, async () => {
    const { counts, perBatch, deletes } = await requests('stateful', (frame, checkpointLocation) =>
      frame
        .groupBy(col('n'))
        .agg(count('id').as('count'))
        .writeStream.outputMode('update')
        .format('noop')
        .options({ checkpointLocation })
        .start(),
    )
    expect(counts['PUT chk/millrace/state/0']).toBeGreaterThanOrEqual(BATCHES)
    // a snapshot every fifty batches, made of files that are still at hand
    expect(counts['GET chk/millrace/state/0'] ?? 0).toBe(0)
    expect(perBatch).toBeLessThanOrEqual(3.05)
    expect(deletes).toBeLessThanOrEqual(BATCHES / 100)
  })
})
