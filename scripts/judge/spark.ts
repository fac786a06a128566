import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { planFromJson } from '../../src/plan/index.ts'
import { type Case, type Step, type ValidityTable, validityCases } from './case.ts'
import { checkError, compareBatch, compareCheckpoint, describe } from './compare.ts'
import type { Outcome } from './outcome.ts'
import { compareSinkDirectory } from './sink-directory.ts'
import { bind, feed, inStage, open, reopen, type Stage, settle, start } from './stage.ts'

async function runStep(stage: Stage, step: Step, index: number): Promise<string | undefined> {
  const expected = step.expect.error
  const phaseOf = async (phase: 'build' | 'start' | 'run', act: () => Promise<void>): Promise<string | 'as expected' | undefined> => {
    try {
      await act()
      return undefined
    } catch (error) {
      if (!expected) {
        stage.failure = error
        return `step ${index}: ${describe(error)}`
      }
      return checkError(error, phase, expected) ?? 'as expected'
    }
  }
  await feed(stage, step)
  if (step.restart) await reopen(stage, step)
  let answer: string | undefined
  if (stage.query === undefined || !stage.query.isActive) {
    stage.seen = 0
    answer = await phaseOf('start', () => start(stage))
    if (answer) return answer === 'as expected' ? undefined : answer
  }
  answer = await phaseOf('run', () => settle(stage))
  if (answer) return answer === 'as expected' ? compareStep(stage, step, index) : answer
  if (expected)
    return `step ${index}: Spark refuses (${expected.condition ?? expected.chain?.at(-1)?.condition ?? expected.chain?.at(-1)?.message}), this ran`
  return compareStep(stage, step, index)
}

async function compareStep(stage: Stage, step: Step, index: number): Promise<string | undefined> {
  if (step.expect.batches === undefined) return undefined
  const progress = stage.query!.recentProgress.filter(p => p.batchId >= 0)
  const fresh = progress.slice(stage.seen)
  stage.seen = progress.length
  const ran = fresh.filter((p, i) => fresh.findIndex(q => q.batchId === p.batchId) === i)
  const wanted = step.expect.batches ?? []
  if (ran.length !== wanted.length) return `step ${index}: batches ${wanted.map(b => b.batchId)} should run, ${ran.map(b => b.batchId)} ran`
  for (const [i, want] of wanted.entries()) {
    const difference = compareBatch(stage, want, ran[i]!)
    if (difference) return `step ${index}, ${difference}`
  }
  for (const [name, left] of Object.entries(step.expect.inputFilesLeft ?? {})) {
    const names = (await readdir(stage.stream(name))).filter(n => !n.startsWith('.')).sort()
    if (names.join() !== [...left].sort().join()) return `step ${index}: ${name} should hold ${left}, holds ${names}`
  }
  return undefined
}

async function runSteps(stage: Stage): Promise<string | undefined> {
  const { case_ } = stage
  await open(stage)
  try {
    try {
      stage.relation = bind(stage, planFromJson(case_.plan), case_.statics)
      stage.engine.schemaNow(stage.relation)
    } catch (error) {
      const expected = case_.steps[0]?.expect.error
      return expected ? checkError(error, 'build', expected) : describe(error)
    }
    for (const [i, step] of case_.steps.entries()) {
      const difference = await runStep(stage, step, i)
      if (difference || step.expect.error) return difference
    }
    await stage.query?.stop()
    return (await compareCheckpoint(stage)) ?? (await compareSinkDirectory(stage))
  } finally {
    await stage.query?.stop().catch(() => {})
    await stage.engine.close()
  }
}

/** Runs one recorded case. */
export async function judgeCase(case_: Case): Promise<Outcome> {
  const { name } = case_
  if (case_.plan === null || case_.plan === undefined) return { name, result: 'skipped', why: 'the Connect client cannot express it' }
  return await inStage(case_, async stage => {
    try {
      const why = await runSteps(stage)
      return why === undefined ? { name, result: 'passed' } : { name, result: 'failed', why, error: stage.failure }
    } catch (error) {
      return { name, result: 'failed', why: describe(error), error }
    }
  })
}

/** A recorded file; integers that a number cannot hold become bigints. */
export const readCase = (text: string): Case | ValidityTable => JSON.parse(text, exactly) as Case | ValidityTable
const exactly = ((_: string, value: unknown, { source = '' }: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value) as (
  key: string,
  value: unknown,
) => unknown

/** The cases of one file: a case, or a table of them. */
export const casesOf = (content: Case | ValidityTable): readonly Case[] => ('steps' in content ? [content] : validityCases(content))

/** Every case of a folder in the format of `golden/spark`. */
export async function* judgeSpark(folder: string): AsyncGenerator<Outcome> {
  for (const file of (await readdir(folder)).filter(f => f.endsWith('.json')).sort()) {
    for (const case_ of casesOf(readCase(await readFile(join(folder, file), 'utf8')))) yield await judgeCase(case_)
  }
}
