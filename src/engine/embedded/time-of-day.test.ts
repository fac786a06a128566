import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Session } from '../../index.ts'

/** A zone whose day is never that of UTC between noon and midnight there. */
const ZONES = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']
const TEXTS = ["cast('10:11:12' as timestamp)", "timestamp'T10:11:12'", "to_timestamp('10:11:12')"]
const PARSED = ['from_json(\'{"a":"10:11:12"}\', \'a timestamp\').a', "from_csv('10:11:12', 'a timestamp').a"]

it.each(ZONES)('a time of day alone is of today, on the calendar of %s', async zone => {
  await using session = await Session.open({ conf: { 'spark.sql.session.timeZone': zone } })
  const texts = [...TEXTS, ...PARSED].map((sql, i) => `cast(${sql} as string) as v${i}`)
  // Midnight may pass between the two.
  const today = async (): Promise<string> => (await session.range(1).selectExpr('cast(current_date() as string) as d').collect())[0]!.d
  const before = await today()
  const [row] = await session
    .range(1)
    .selectExpr(...texts)
    .collect()
  const days = new Set([before, await today()])
  for (const v of Object.values(row!) as string[]) {
    expect(v.slice(11)).toBe('10:11:12')
    expect(days).toContain(v.slice(0, 10))
  }
})

it('and of no day at all where there is no zone', async () => {
  await using session = await Session.open()
  const [row] = await session
    .range(1)
    .selectExpr("try_cast('10:11:12' as timestamp_ntz) as a", "try_cast('10:11:12' as date) as b")
    .collect()
  expect(row).toEqual({ a: null, b: null })
})

it('files say so, too', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'time-of-day-'))
  try {
    writeFileSync(join(directory, 'a.csv'), '10:11:12\n')
    writeFileSync(join(directory, 'a.json'), '{"at":"10:11:12"}\n')
    await using session = await Session.open({ conf: { 'spark.sql.session.timeZone': 'Pacific/Kiritimati' } })
    for (const format of ['csv', 'json']) {
      const frame = session.read
        .format(format)
        .schema('at timestamp')
        .load(join(directory, `a.${format}`))
      const [row] = await frame.selectExpr('datediff(current_date(), at) between 0 and 1 as today').collect()
      expect(row!.today).toBe(true)
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
