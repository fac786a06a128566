import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as millrace from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'
import { compile } from '../types/compile.ts'
import { docExamples, type Example, pageExamples, pages } from './extract.ts'
import { type Given, given, layOutFiles } from './given.ts'
import { runExample } from './run.ts'

const docs = ['src/api', 'src/types', 'src/errors', 'src/testing'].flatMap(docExamples)
const programs = pages().flatMap(pageExamples)

/** An example of a docstring as a module: the package's names are imported, the given ones at hand. */
const asModule = ({ text }: Example): string => `
import { ${used(text, millrace)} } from 'millrace'
import { ${used(text, testing)} } from 'millrace/testing'
import type { Given } from './test/docs/given.ts'
export const example = async ({ ${['session', 'Ride', 'frame', 'row', 'stream', 'query', 'geocode', 't'].join(', ')} }: Given) => {
  {
${text}
  }
}
`
const used = (text: string, names: object): string =>
  Object.keys(names)
    .filter(name => new RegExp(`(?<![.\\w])${name}\\b`).test(text))
    .join(', ')

const complaints = compile({
  ...Object.fromEntries(docs.map((example, i) => [`doc-${i}`, asModule(example)])),
  ...Object.fromEntries(programs.map((example, i) => [`page-${i}`, `${example.text}\nexport {}\n`])),
})

let home: string
let at: Given
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-docs-'))
  await layOutFiles(home)
  at = await given(home)
})
afterAll(async () => {
  await at.session.close()
  await at.t.close()
  await rm(home, { recursive: true, force: true })
})

describe('examples in docstrings', () => {
  it.each(docs.map((example, i) => [example.at, i, example] as const))('%s', async (_, i, { text }) => {
    expect(complaints[`doc-${i}`]).toEqual([])
    await runExample(text, { home, given: at, streams: 'started' })
  })
})

describe('programs in pages, as written', () => {
  it.each(programs.map((example, i) => [example.at, i, example] as const))('%s', async (_, i, { text }) => {
    expect(complaints[`page-${i}`]).toEqual([])
    await runExample(text, { home, streams: 'drained' })
  })

  it("the README's first program gives each window once", async () => {
    const rows = await at.session.read.parquet(join(home, 'lake')).orderBy('start', 'STATION').collect()
    expect(JSON.parse(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))).toEqual([
      { start: '2026-01-01T08:00:00.000Z', STATION: '59 ST', ENTRIES: 15, EXITS: 3 },
      { start: '2026-01-01T08:00:00.000Z', STATION: 'CANAL', ENTRIES: 7, EXITS: 3 },
      { start: '2026-01-01T08:05:00.000Z', STATION: '59 ST', ENTRIES: 1, EXITS: 1 },
    ])
  })
})
