import { afterAll, beforeAll, it } from 'vitest'
import type { Sink, SinkContext } from '../../src/connectors/contract.ts'
import { connector } from '../../src/connectors/postgresql/index.ts'
import { Session } from '../../src/index.ts'
import { sinkContract } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { connectorContext, makeFilesWith, places } from '../contract/place.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type Database, database } from '../support/services/postgresql.ts'

const COLUMNS = parseDdl('n int, s string')
const fresh = places()

describeWith('postgresql', 'the sink of PostgreSQL', () => {
  let db: Database
  let session: Session
  let queries = 0
  beforeAll(async () => {
    db = await database()
    session = await Session.open()
  })
  afterAll(async () => {
    await session.close()
    await db[Symbol.asyncDispose]()
  })

  const open = (options: Record<string, string>, over: Partial<SinkContext> = {}): Promise<Sink> =>
    connector.sink!({
      ...connectorContext(),
      options: { ...db.options, ...options },
      schema: COLUMNS,
      queryId: `query-${queries}`,
      runId: 'run',
      partitionBy: [],
      outputMode: 'append',
      newCheckpoint: true,
      lastCommitted: -1,
      ...over,
    })

  for (const promise of sinkContract({
    name: 'postgresql',
    schema: COLUMNS,
    row: n => ({ n, s: n % 2 ? 'a "b",\tc\\' : 'd\ne' }),
    toFiles: (rows, to) => makeFilesWith(() => session, COLUMNS, fresh)(rows, to),
    open: async () => {
      const dbtable = `contract_${queries++}`
      let runs = 0
      const again = () => open({ dbtable, createTable: 'true' }, { runId: `run-${runs++}`, uncommitted: { last: 99, since: 0 } })
      return { sink: await again(), again, read: () => db.run(`SELECT * FROM ${dbtable} ORDER BY n`) }
    },
  })) {
    it.skipIf(promise.skip)(promise.name, promise.run)
  }
})
