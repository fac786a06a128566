import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataFrame, expr } from '../../src/index.ts'
import { openTestSession, type TestSession } from '../../src/testing/test-session.ts'

type Mode = 'append' | 'update' | 'complete'

let held: TestSession
beforeAll(async () => {
  held = await openTestSession()
})
afterAll(() => held.close())

let lives = 0
/** A new place: input, table and checkpoint. */
function place(): string {
  const root = join(held.directory, `life-${lives++}`)
  for (const name of ['in', 'table', 'checkpoint']) {
    mkdirSync(join(root, name), { recursive: true })
    held.points.root(name, join(root, name))
  }
  for (let i = 0; i < 3; i++) writeFileSync(join(root, `in/${i}.json`), `{"id":${i},"k":"a"}\n{"id":${i + 10},"k":"${i}"}\n`)
  return root
}

/** One run over what is there: a batch a file. */
async function run(root: string, mode: Mode): Promise<void> {
  const rows = held.session.readStream.format('json').schema('id bigint, k string').option('maxFilesPerTrigger', 1).load(join(root, 'in'))
  const frame: DataFrame<any, any> =
    mode === 'append' ? rows : rows.groupBy('k').agg(expr('count(*)').as('rows'), expr('sum(id)').as('ids'))
  const query = await frame.writeStream
    .format('delta')
    .outputMode(mode)
    .option('keyColumns', mode === 'update' ? 'k' : '')
    .option('delta.checkpointInterval', 2)
    .option('checkpointLocation', join(root, 'checkpoint'))
    .trigger({ availableNow: true })
    .start(join(root, 'table'))
  await query.awaitTermination()
}

async function rowsAt(root: string): Promise<string[]> {
  const rows = await held.session.read.format('delta').load(join(root, 'table')).collect()
  return rows.map(r => JSON.stringify(r, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))).sort()
}

/** Calls worth dying at: those on the table, the first and the last of each name. */
function deaths(calls: readonly string[]): readonly number[] {
  const chosen = new Set<number>()
  const own = calls.map((name, i) => ({ name, i })).filter(c => c.name.startsWith('table') || c.name.startsWith('checkpoint.commits'))
  for (const { name } of own) {
    const same = own.filter(c => c.name === name)
    for (const c of [same[0]!, same.at(-1)!]) chosen.add(c.i + 1)
  }
  return [...chosen].sort((a, b) => a - b)
}

for (const mode of ['append', 'update', 'complete'] as const) {
  test(`a process that dies at any call into the table leaves each row once (${mode})`, { timeout: 300_000 }, async () => {
    const undisturbed = place()
    held.points.revive()
    await run(undisturbed, mode)
    const wanted = await rowsAt(undisturbed)
    expect(wanted.length).toBe(mode === 'append' ? 6 : 4)
    held.points.revive()
    await run(place(), mode)
    const points = deaths([...held.points.calls])
    expect(points.length).toBeGreaterThan(10)
    let died = 0
    for (const when of ['before', 'after'] as const) {
      for (const at of points) {
        const root = place()
        held.points.revive()
        held.points.arm({ at, when })
        await run(root, mode).catch(() => {})
        if (held.points.dead) died++
        const where = `${when} call ${at}: ${held.points.calls.at(-1)}`
        held.points.revive()
        await run(root, mode)
        expect(await rowsAt(root), where).toEqual(wanted)
      }
    }
    expect(died).toBeGreaterThan(points.length)
  })
}
