import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestSession, type TestSession } from '../../src/testing/test-session.ts'

let held: TestSession
beforeEach(async () => {
  held = await openTestSession()
  for (const name of ['in', 'out', 'dead', 'checkpoint']) held.points.root(name, at(name))
  mkdirSync(at('in'))
})
afterEach(() => held.close())

const at = (name: string): string => join(held.directory, name)

/** One run over what is there; a process that died says nothing more. */
async function run(): Promise<void> {
  const frame = held.session.readStream
    .format('json')
    .schema('id int, n string')
    .option('badRecords', { format: 'json', path: at('dead') })
    .option('maxFilesPerTrigger', 1)
    .load(at('in'))
    .selectExpr('id', 'cast(n as int) as n')
  const query = await frame.writeStream
    .format('json')
    .option('checkpointLocation', at('checkpoint'))
    .trigger({ availableNow: true })
    .start(at('out'))
  await query.awaitTermination()
}

/** Good rows and dead letters as the sinks' logs tell them. */
async function found(): Promise<{ readonly good: readonly unknown[]; readonly dead: readonly unknown[] }> {
  const good = await held.session.read.schema('id int, n int').json(at('out')).collect()
  const dead = await held.session.read.schema('value binary, error string, batchId bigint').json(at('dead')).collect()
  return {
    good: (good as any[]).map(r => r.id).sort(),
    dead: (dead as any[]).map(r => `${r.batchId} ${r.error} ${Buffer.from(r.value).toString('utf8')}`).sort(),
  }
}

const WANTED = {
  good: [1, 4, 6],
  dead: [
    '0 CAST_INVALID_INPUT {"id":3,"n":"x"}',
    '0 MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION {"id":',
    '1 CAST_INVALID_INPUT {"id":5,"n":"-"}',
  ],
}
const put = (): void => {
  writeFileSync(at('in/a.json'), '{"id":1,"n":"1"}\n{"id":\n{"id":3,"n":"x"}\n{"id":4,"n":"4"}\n')
  writeFileSync(at('in/b.json'), '{"id":5,"n":"-"}\n{"id":6,"n":"6"}\n')
}

const DEATHS = [
  { at: 'dead._spark_metadata.link', when: 'before' },
  { at: 'dead._spark_metadata.link', when: 'after' },
  { at: 'out._spark_metadata.link', when: 'before' },
  { at: 'out._spark_metadata.link', when: 'after' },
  { at: 'checkpoint.commits.link', when: 'before' },
  { at: 'checkpoint.commits.link', when: 'after' },
] as const

for (const death of DEATHS) {
  test(`a process that dies ${death.when} ${death.at} leaves each bad record once`, async () => {
    put()
    held.points.arm(death)
    await expect(run()).rejects.toThrow()
    expect(held.points.deaths).toBe(1)
    held.points.revive()
    await run()
    expect(await found()).toEqual(WANTED)
  })
}
