import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Case } from '../../scripts/judge/case.ts'
import { casesOf, readCase } from '../../scripts/judge/spark.ts'

const here = import.meta.dirname

const casesIn = (folder: string): readonly Case[] =>
  readdirSync(join(here, folder))
    .filter(file => file.endsWith('.json'))
    .sort()
    .flatMap(file => casesOf(readCase(readFileSync(join(here, folder, file), 'utf8'))))

/** The cases recorded for this project, the rows of the validity table among them. */
export const givenCases: readonly Case[] = casesIn('spark')
/** Those, and our own. */
export const recordedCases: readonly Case[] = [...givenCases, ...casesIn('more')]

/** Whether Spark ran the case to its end. */
export const ran = (case_: Case): boolean => case_.steps.every(step => step.expect.error === undefined)

/** Recordings of other projects lie beside the checkout; undefined where they do not. */
export function sharedGolden(name: string): string | undefined {
  const folder = join(dirname(dirname(dirname(here))), 'shared', 'golden', name)
  return existsSync(folder) ? folder : undefined
}
