import { expect, test } from 'vitest'
import { expr, Session } from '../../src/index.ts'
import { KINDS } from '../stores/open.ts'
import { describeWith } from '../support/services/describe-with.ts'

for (const kind of KINDS) {
  describeWith(kind.name, `Delta tables in ${kind.name}`, () => {
    test('written, streamed, merged, put together and read, with the checkpoint beside them', { timeout: 120_000 }, async () => {
      const [root, conf] = [await kind.bucket(), await kind.conf()]
      const open = () => Session.open({ conf: { ...conf, 'spark.sql.warehouse.dir': `${root}/warehouse` } })
      const day = async (from: number, to: number): Promise<void> => {
        await using session = await open()
        await session.range(from, to).selectExpr('id', 'id % 2 AS k').write.mode('append').partitionBy('k').saveAsTable('bronze')
        const query = await session.readStream
          .table('bronze')
          .groupBy('k')
          .agg(expr('count(*)').as('n'))
          .writeStream.outputMode('update')
          .option('keyColumns', 'k')
          .option('checkpointLocation', `${root}/chk/gold`)
          .trigger({ availableNow: true })
          .toTable('gold')
        await query.awaitTermination()
      }
      for (let i = 0; i < 3; i++) await day(i * 4, i * 4 + 4)
      await using session = await open()
      expect(await session.table('gold').orderBy('k').collect()).toEqual([
        { k: 0n, n: 6n },
        { k: 1n, n: 6n },
      ])
      expect((await session.catalog.optimize('bronze')).filesAdded).toBe(2)
      expect(await session.table('bronze').count()).toBe(12)
      await Promise.all(
        Array.from({ length: 4 }, (_, i) =>
          session
            .range(i, i + 1)
            .selectExpr('id', '0L AS k')
            .write.mode('append')
            .saveAsTable('bronze'),
        ),
      )
      expect(await session.table('bronze').where('k = 0').count()).toBe(10)
      expect((await session.catalog.listTables()).map(t => t.name)).toEqual(['bronze', 'gold'])
      await session.catalog.drop('gold')
      expect(await session.catalog.tableExists('gold')).toBe(false)
    })
  })
}
