import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-skip-'))
const path = join(root, 't')
let session: Session
beforeAll(async () => {
  session = await Session.open()
  for (let i = 0; i < 4; i++) {
    await session
      .range(i * 10, i * 10 + 10)
      .selectExpr(
        'id',
        `'p${i}' AS p`,
        "date_add(DATE'2026-01-01', CAST(id AS int)) AS day",
        "named_struct('deep', CAST(id AS int)) AS s",
        'IF(id < 10, NULL, id) AS maybe',
      )
      .write.mode('append')
      .format('delta')
      .partitionBy('p')
      .save(path)
  }
  // Whoever opens one of the others finds nothing there.
  for (const p of ['p0', 'p1', 'p3']) for (const f of readdirSync(join(path, `p=${p}`))) rmSync(join(path, `p=${p}`, f))
})
afterAll(async () => {
  await session.close()
  rmSync(root, { recursive: true, force: true })
})

/** Files that cannot hold a wanted row are not opened: only those of `p2` are there. */
test.each([
  ["p = 'p2'"],
  ["p IN ('p2', 'p9')"],
  ['id >= 20 AND id < 30'],
  ['25 = id'],
  ["day BETWEEN DATE'2026-01-21' AND DATE'2026-01-30'"],
  ['s.deep > 19 AND s.deep <= 29'],
])('where %s reads only the files it may find rows in', async condition => {
  const rows = await session.read.format('delta').load(path).where(condition).collect()
  expect(rows.length).toBe(condition.startsWith('25') ? 1 : 10)
})

test.each([['id >= 19'], ["p <> 'p2'"], ['maybe IS NULL'], ['id % 10 = 5'], ["p = 'p2' OR id = 3"]])(
  'where %s opens the others',
  async condition => {
    await expect(session.read.format('delta').load(path).where(condition).collect()).rejects.toMatchObject({
      condition: 'DELTA_FILE_MISSING',
    })
  },
)

test('a version by time or number is that version', async () => {
  const read = (option: string, value: string | number) =>
    session.read
      .format('delta')
      .option(option as never, value as never)
      .load(path)
      .where("p = 'p2'")
  expect(await read('versionAsOf', 3).count()).toBe(10)
  expect(await read('versionAsOf', 1).count()).toBe(0)
  await expect(read('versionAsOf', 9).count()).rejects.toMatchObject({ condition: 'DELTA_VERSION_NOT_FOUND' })
  await expect(read('timestampAsOf', '2001-01-01').count()).rejects.toMatchObject({ condition: 'DELTA_VERSION_NOT_FOUND' })
  const [newest] = await session.catalog.history(path, 1)
  const at = (newest!['timestamp'] as Date).toISOString()
  expect(await read('timestampAsOf', at).count()).toBe(10)
})
