import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FilesScan } from '../../connectors/contract.ts'
import { nodePlatform } from '../../platform/index.ts'
import { parseDdl, rowsOf } from '../../types/index.ts'
import { DuckInstance } from './duck/instance.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import { type InputContext, provideScan } from './inputs.ts'

let duck: DuckInstance
const dir = mkdtempSync(join(tmpdir(), 'plain-files-'))
beforeAll(async () => {
  duck = await DuckInstance.open({ timeZone: 'UTC', threads: 2, memoryLimit: 500e6, tempDirectory: dir })
})
afterAll(async () => {
  await duck.close()
  rmSync(dir, { recursive: true })
})

const to = (used: ReadonlySet<number>): InputContext => ({
  duck,
  run: sql => duck.main.run(sql),
  platform: nodePlatform,
  timeZone: 'UTC',
  sliceBytes: 1 << 20,
  used,
  anyOrder: true,
})

function scanOf(format: 'csv' | 'text', ddl: string, texts: readonly (string | Uint8Array)[], options: Record<string, string>): FilesScan {
  const files = texts.map((text, i) => {
    const path = join(dir, `${i}.${format}`)
    const bytes = Buffer.from(text as string)
    writeFileSync(path, bytes)
    return { path, size: bytes.length, mtimeMs: 0 }
  })
  return { kind: 'files', format, files, options, schema: parseDdl(ddl) }
}

/** The rows, sorted as texts; `failed` where the reader refused the file. */
async function read(scan: FilesScan, used: ReadonlySet<number>, shortCut: boolean) {
  const provided = await provideScan(scan, { ...to(used), ...(shortCut && { shortCutBytes: 0 }) })
  try {
    const fields = scan.schema.fields.filter((_, i) => used.has(i))
    const list = [...used].sort().map(i => `f${i}`)
    const answer = await duck.main.run(`SELECT ${list.join(', ')} FROM ${provided.from}`)
    const rows = [...rowsOf(batchOfAnswer(answer, { kind: 'struct', fields }))].map(r => JSON.stringify(r)).sort()
    return { took: provided.shortCut === true, rows, count: provided.rows, failed: false }
  } catch (error) {
    if (!provided.shortCut) throw error
    return { took: true, rows: [], count: 0, failed: true }
  } finally {
    await provided.release()
  }
}

async function same(scan: FilesScan, used: ReadonlySet<number>): Promise<boolean> {
  const short = await read(scan, used, true)
  if (!short.took || short.failed) return false
  const decoded = await read(scan, used, false)
  expect(short.rows).toEqual(decoded.rows)
  expect(short.count).toBe(decoded.rows.length)
  return true
}

const piece = (rare: readonly string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('a', ',', 'b c', '\n', '1,2', 'x,y\n', '7', 'é') },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  )
const RARE = ['"', '\\', '\r', '\0', '\uFEFF', '\t', ' ', ';', '\n\n', '#', "'", '\u0001', '\u00A0']

test('a line of blanks is no header', async () => {
  const scan = scanOf('csv', 'a string, b string', [' \n,', ' \t\na,b\n1,2\n'], { header: 'true' })
  expect(await same(scan, new Set([0, 1]))).toBe(false)
})

test('csv files read past the decoder have the rows of the decoder', async () => {
  let proven = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(piece(RARE), { maxLength: 12 }), { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      async (files, header) => {
        const scan = scanOf(
          'csv',
          'a string, b string',
          files.map(f => f.join('')),
          header ? { header: 'true' } : {},
        )
        if (await same(scan, new Set([0, 1]))) proven++
      },
    ),
    { numRuns: 100 },
  )
  expect(proven).toBeGreaterThan(0)
})

test('so do csv files that are well formed, with any columns read', async () => {
  const cell = fc.constantFrom('', 'a', ' b', 'c ', '1.5', 'é', 'NULL', "it's", '#', 'nan')
  let proven = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(',', ';', '|'),
      fc.boolean(),
      fc.subarray([0, 1, 2], { minLength: 1 }),
      async (rows, sep, end, used) => {
        const scan = scanOf('csv', 'a string, b string, c string', [rows.map(r => r.join(sep)).join('\n') + (end ? '\n' : '')], { sep })
        if (await same(scan, new Set(used))) proven++
      },
    ),
    { numRuns: 80 },
  )
  expect(proven).toBeGreaterThan(50)
})

test('text files read past the decoder have its lines, empty ones too', async () => {
  let proven = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(piece(RARE), { maxLength: 10 }), { minLength: 1, maxLength: 2 }), async files => {
      if (
        await same(
          scanOf(
            'text',
            'value string',
            files.map(f => f.join('')),
            {},
          ),
          new Set([0]),
        )
      )
        proven++
    }),
    { numRuns: 100 },
  )
  expect(proven).toBeGreaterThan(20)
})

test('files longer than a chunk are cut alike, and bytes that are no text are left to the decoder', async () => {
  const line = 'a line of some length, with é in it\n'
  expect(await same(scanOf('text', 'value string', [line.repeat(60_000)], {}), new Set([0]))).toBe(true)
  const broken = Buffer.concat([Buffer.from(line.repeat(10)), Buffer.from([0xc3, 0x0a])])
  expect(await same(scanOf('text', 'value string', [broken], {}), new Set([0]))).toBe(false)
  expect(await same(scanOf('text', 'value string', ['x'.repeat(2_000_000)], {}), new Set([0]))).toBe(false)
  expect(await same(scanOf('csv', 'a string, b string', ['1,2\n3\n'], {}), new Set([0]))).toBe(false)
})
