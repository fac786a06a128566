import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Case } from '../../scripts/judge/case.ts'
import { casesOf, readCase } from '../../scripts/judge/spark.ts'

const here = import.meta.dirname

/** Every recorded case, the rows of the validity table among them: those recorded for this project first (`spark`), our own (`more`). */
export const recordedCases: readonly Case[] = ['spark', 'more'].flatMap(folder =>
  readdirSync(join(here, folder))
    .filter(file => file.endsWith('.json'))
    .sort()
    .flatMap(file => casesOf(readCase(readFileSync(join(here, folder, file), 'utf8')))),
)

/** Whether Spark ran the case to its end. */
export const ran = (case_: Case): boolean => case_.steps.every(step => step.expect.error === undefined)

/** Recordings of other projects lie beside the checkout; undefined where they do not. */
export function sharedGolden(name: string): string | undefined {
  const folder = join(dirname(dirname(dirname(here))), 'shared', 'golden', name)
  return existsSync(folder) ? folder : undefined
}
