import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { col, fromJson, lit, Session, schemaOfJson } from '../../index.ts'

/** [SQL, what Spark answers, as text] */
const CASES: readonly (readonly [string, string])[] = [
  [`from_json('{"a":1,"b":"x"}', schema_of_json('{"a":0,"b":""}'))`, '{1, x}'],
  [`from_json('{"a":1.5}', schema_of_json(concat('{"a"', ':0.1}')))`, '{1.5}'],
  [`from_json('{"d":"01/02/2024"}', 'd DATE', map('dateFormat', concat('dd/MM', '/yyyy')))`, '{2024-02-01}'],
  [`from_csv('1,x', schema_of_csv('0,a'))`, '{1, x}'],
  ['round(2.567, 1 + 1)', '2.57'],
  [`date_part(lower('YEAR'), date'2024-02-01')`, '2024'],
]

it.each(CASES)('a call on literals is worked out where a constant is demanded: %s', async (sql, shown) => {
  await using session = await Session.open()
  const [row] = await session.range(1).selectExpr(`cast(${sql} as string) as v`).collect()
  expect(row!.v).toBe(shown)
})

it('stack takes a worked-out number of rows, a window a worked-out length', async () => {
  await using session = await Session.open()
  expect(await session.range(1).selectExpr('stack(1 + 1, 7, 8) as n').collect()).toEqual([{ n: 7 }, { n: 8 }])
  const times = session.range(1).selectExpr("timestamp'2024-01-01 00:07:00' as at")
  const [row] = await times.selectExpr("cast(window(at, concat('5', ' minutes')).start as string) as start").collect()
  expect(row!.start).toBe('2024-01-01 00:05:00')
})

it('a stream reads messages by the schema of an example', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'constants-'))
  try {
    writeFileSync(join(directory, '1'), '{"user":"ann","n":3}\n')
    await using session = await Session.open()
    const example = schemaOfJson(lit('{"user":"","n":0}'))
    const rows: unknown[] = []
    const query = await session.readStream
      .format('text')
      .load(directory)
      .select(fromJson(col('value'), example).as('m'))
      .select('m.*')
      .writeStream.trigger({ availableNow: true })
      .foreachBatch(async batch => void rows.push(...(await batch.collect())))
      .start()
    await query.awaitTermination()
    expect(rows).toEqual([{ n: 3n, user: 'ann' }])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

it('refuses what is no constant', async () => {
  await using session = await Session.open()
  const one = session.range(1)
  for (const schema of ["concat('a INT', cast(id as string))", "if(rand() > 2, 'a INT', 'b INT')"])
    await expect((async () => one.selectExpr(`from_json('{}', ${schema})`).collect())()).rejects.toMatchObject({
      condition: 'NON_FOLDABLE_ARGUMENT',
    })
})
