import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { canonicalExpected, canonicalRows } from '../../scripts/judge/canonical.ts'
import type { Case, ExpectedBatch, Step } from '../../scripts/judge/case.ts'
import { bind, feed, inStage, open, type Stage, settle, start } from '../../scripts/judge/stage.ts'
import { planFromJson } from '../../src/plan/index.ts'
import { givenCases } from '../golden/cases.ts'
import { hasRows } from '../golden/retell.ts'

/** Spark's checkpoints of stateless queries, as recorded: we go on with them. (Spark's state we refuse by name.) */
const keepsState = (c: Case): boolean => c.steps.some(step => step.expect.batches?.some(b => b.stateOperators.length > 0))
const stateless = givenCases.filter(c => c.checkpoint?.files && !keepsState(c) && hasRows(c))

it.each(stateless.map(c => [c.name, c] as const))('goes on after Spark: %s', async (_, case_) => {
  await inStage(case_, async stage => {
    const batches = case_.steps.flatMap(step => step.expect.batches ?? [])
    const last = batches.at(-1)!
    const written = await takeOver(stage, last.batchId)
    await open(stage)
    try {
      stage.relation = bind(stage, planFromJson(case_.plan), case_.statics)
      await start(stage)
      await settle(stage)
      // Spark had planned the last batch and not committed it: the same rows under the same id, and nothing else.
      expect([...stage.rows.keys()]).toEqual([last.batchId])
      expect(rowsOf(stage)).toEqual(recorded(stage, [last]))

      stage.rows.clear()
      const again = case_.steps[0]!
      await feed(stage, renamed(again))
      if (!stage.query!.isActive) await start(stage)
      await settle(stage)
      const ids = [...stage.rows.keys()]
      expect(ids).toEqual((again.expect.batches ?? []).map((_batch, i) => last.batchId + 1 + i))
      expect(rowsOf(stage)).toEqual(recorded(stage, again.expect.batches ?? []))
      await stage.query!.stop()
      for (const [path, text] of written) expect(await readFile(path, 'utf8'), path).toBe(text)
    } finally {
      await stage.query?.stop().catch(() => {})
      await stage.engine.close()
    }
  })
})

/** Lays down Spark's files as they were when it was killed in the batch: its inputs under the names in its log, its checkpoint without that commit. */
async function takeOver(stage: Stage, batch: number): Promise<ReadonlyMap<string, string>> {
  const written = new Map<string, string>()
  for (const [name, recordedText] of Object.entries(stage.case_.checkpoint!.files!)) {
    if (name === `commits/${batch}`) continue
    const path = join(stage.checkpoint, name)
    const text = recordedText.replaceAll('/CASE/', `${stage.root}/`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    written.set(path, text)
  }
  const times = new Map([...written.values()].flatMap(logged))
  for (const [path, rows] of inputs(stage)) {
    await writeFile(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    const seconds = times.get(`file://${path}`)! / 1000
    await utimes(path, seconds, seconds)
  }
  return written
}

/** Files and their times in a source's log. */
const logged = (text: string): [string, number][] =>
  text
    .split('\n')
    .filter(line => line.startsWith('{"path"'))
    .map(line => JSON.parse(line) as { path: string; timestamp: number })
    .map(({ path, timestamp }) => [path, timestamp])

/** The recorder named the files of `input` by their number. */
function* inputs(stage: Stage): Generator<readonly [string, readonly unknown[]]> {
  let files = 0
  for (const step of stage.case_.steps) {
    for (const [stream, rows] of Object.entries(step.input ?? {})) {
      if (rows.length > 0) yield [join(stage.stream(stream), `${String(++files).padStart(4, '0')}.json`), rows]
    }
    for (const file of step.files ?? []) yield [join(stage.stream(file.stream), file.name), file.rows]
  }
}

/** The same rows in files that Spark has not seen, in the same order and later than all others. */
const renamed = (step: Step): Step => ({
  ...step,
  ...(step.files && {
    files: step.files.map(file => ({ ...file, name: `new-${file.name}`, ...(file.mtime !== undefined && { mtime: file.mtime + 1000 }) })),
  }),
})

const schemaOf = (stage: Stage) => [...stage.rows.values()][0]!.schema
const rowsOf = (stage: Stage): string[] =>
  canonicalRows(
    schemaOf(stage),
    [...stage.rows.values()].flatMap(rows => rows.batches),
  ).sort()
const recorded = (stage: Stage, batches: readonly ExpectedBatch[]): string[] =>
  canonicalExpected(
    schemaOf(stage),
    batches.flatMap(batch => batch.rows ?? []),
  ).sort()

it('knows some', () => {
  expect(stateless.map((c: Case) => c.name).length).toBeGreaterThanOrEqual(3)
})
