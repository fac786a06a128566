import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isMillraceError, Session } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type Database, database } from '../support/services/postgresql.ts'

describeWith('postgresql', 'one query with several sinks', () => {
  let db: Database
  let session: Session
  let places = 0
  const root = mkdtempSync(join(tmpdir(), 'millrace-several-'))
  beforeAll(async () => {
    db = await database()
    session = await Session.open()
  })
  afterAll(async () => {
    await session.close()
    await db[Symbol.asyncDispose]()
    rmSync(root, { recursive: true })
  })

  /** Files come in, and go to a lake and a table. */
  async function stage() {
    const n = places++
    const at = (name: string): string => join(root, `${n}`, name)
    await mkdir(at('in'), { recursive: true })
    const frame = session.readStream.schema('id int, name string').json(at('in'))
    const dbtable = `several_${n}`
    const writers = [
      frame.writeStream.format('json').option('path', at('lake')),
      frame.writeStream.format('postgresql').options({ ...db.options, dbtable, createTable: true }),
    ]
    return {
      at,
      frame,
      writers,
      dbtable,
      arrive: (file: string, ...ids: number[]) =>
        writeFileSync(at(`in/${file}.json`), ids.map(id => JSON.stringify({ id, name: `row ${id}` })).join('\n')),
      run: async (these = writers) => {
        const query = await frame.writeStreams(these, { checkpointLocation: at('checkpoint'), trigger: { availableNow: true } })
        await query.awaitTermination()
        return query
      },
      lake: async () => (await session.read.schema('id int').json(at('lake')).collect()).map(row => row.id).sort(),
      table: async () => (await db.run<{ id: number }>(`SELECT id FROM ${dbtable} ORDER BY id`)).map(row => row.id),
    }
  }

  it('gives each batch to every sink once, and names all in the progress', async () => {
    const s = await stage()
    s.arrive('a', 1, 2)
    const query = await s.run()
    expect(query.lastProgress?.sinks?.map(sink => sink.description.replace(/\[.*/, ''))).toEqual(['FileSink', 'PostgreSQL'])
    expect(query.lastProgress?.sink).toEqual(query.lastProgress?.sinks?.[0])
    s.arrive('b', 3)
    await s.run()
    expect([await s.lake(), await s.table()]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('reads its sources once', async () => {
    const s = await stage()
    s.arrive('a', 1, 2)
    const query = await s.run()
    expect(query.lastProgress?.sources.length).toBe(1)
    expect(query.lastProgress?.numInputRows).toBe(2)
  })

  it('loses and doubles nothing when one sink fails and the other has the batch', async () => {
    const s = await stage()
    s.arrive('a', 1)
    await s.run()
    await db.run(`ALTER TABLE ${s.dbtable} ADD CONSTRAINT small CHECK (id < 10)`)
    s.arrive('b', 2, 50)
    const failure = await s.run().catch(error => error)
    expect((failure as Error).message).toMatch(/POSTGRES_STATEMENT_FAILED.*small/s)
    expect(await s.table()).toEqual([1])
    await db.run(`ALTER TABLE ${s.dbtable} DROP CONSTRAINT small`)
    await s.run()
    expect([await s.lake(), await s.table()]).toEqual([
      [1, 2, 50],
      [1, 2, 50],
    ])
  })

  it('takes a further sink at the end, from the next batch on', async () => {
    const s = await stage()
    s.arrive('a', 1)
    await s.run(s.writers.slice(0, 1))
    s.arrive('b', 2)
    await s.run()
    expect([await s.lake(), await s.table()]).toEqual([[1, 2], [2]])
  })

  it('says of each sink what it delivers', async () => {
    const s = await stage()
    const query = await s.frame.writeStreams([...s.writers, s.frame.writeStream.format('console')], {
      checkpointLocation: s.at('checkpoint'),
    })
    const text = await query.explain()
    await query.stop()
    expect(text).toMatch(/FileSink\[.*\]: exactly once/)
    expect(text).toMatch(/PostgreSQL\[.*\]: exactly once/)
    expect(text).toMatch(/at least once/)
  })

  it('refuses writers that disagree, of other frames, or to one place', async () => {
    const s = await stage()
    const other = await stage()
    const refusal = async (writers: readonly any[], options = {}) => {
      const error = await s.frame.writeStreams(writers, { checkpointLocation: s.at('checkpoint'), ...options }).catch(e => e)
      return isMillraceError(error) ? error.condition : error
    }
    const [lake, table] = s.writers
    expect(await refusal([])).toBe('INVALID_ARGUMENT')
    expect(await refusal([lake, lake])).toBe('INVALID_ARGUMENT')
    expect(await refusal([lake, other.writers[1]])).toBe('INVALID_ARGUMENT')
    expect(await refusal([lake, table!.outputMode('update')])).toBe('SINKS_DISAGREE')
    expect(await refusal([lake!.trigger({ once: true }), table!.trigger({ availableNow: true })])).toBe('SINKS_DISAGREE')
    expect(
      await refusal([lake!.option('checkpointLocation', 'a'), table!.option('checkpointLocation', 'b')], { checkpointLocation: undefined }),
    ).toBe('SINKS_DISAGREE')
  })
})
