import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { QueryWarning } from '../observe/index.ts'
import { Settings } from './settings.ts'

const fresh = () => {
  const warnings: QueryWarning[] = []
  return { settings: new Settings(w => warnings.push(w)), warnings }
}

describe('settings lines of the documents', () => {
  test.each([
    ['spark.jars.packages', 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.3.1', 'without effect'],
    ['spark.jars.packages', 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.1', 'without effect'],
    ['spark.sql.adaptive.enabled', 'false', 'without effect'],
    ['spark.sql.streaming.checkpointLocation', 'file:///tmp', 'honoured'],
    ['spark.app.name', 'turnstiles-consumer', 'honoured'],
    ['spark.master', 'local[*]', 'honoured'],
    ['spark.sql.streaming.schemaInference', 'true', 'honoured'],
  ])('%s = %s is %s', (key, value, fate) => {
    const { settings, warnings } = fresh()
    settings.set(key, value)
    settings.set(key, value)
    expect(settings.get(key)).toBe(value)
    expect(warnings.map(w => w.code)).toEqual(fate === 'without effect' ? ['SETTING_WITHOUT_EFFECT'] : [])
  })

  /** Whatever key the documents name is in the table; read in place where present. */
  const seeds = new URL('../../../shared/seeds/', import.meta.url)
  const keys = existsSync(seeds)
    ? [
        ...new Set(
          readdirSync(seeds).flatMap(
            f =>
              readFileSync(new URL(f, seeds), 'utf8').match(
                /(?<=["'\s])spark\.(?:jars|sql|executor|driver|app|master|hive)\.[\w.]*\w(?=["':])/g,
              ) ?? [],
          ),
        ),
      ]
    : []
  test.skipIf(keys.length === 0)('every key is known', () => {
    expect(keys.length).toBeGreaterThan(2)
    for (const key of keys.filter(k => !/functions|types$/.test(k)))
      expect(() => fresh().settings.set(key, key.endsWith('enabled') ? 'false' : 'x')).not.toThrow()
  })
})

test.each([
  ['spark.sql.sesion.timeZone', 'UTC', 'UNKNOWN_SETTING'],
  ['spark.sql.ansi.enabled', 'off', 'INVALID_SETTING'],
  ['spark.sql.caseSensitive', 'true', 'SETTING_REFUSED'],
  ['spark.sql.session.timeZone', 'Mars/Base', 'INVALID_TIME_ZONE'],
  ['spark.sql.streaming.multipleWatermarkPolicy', 'mean', 'INVALID_SETTING'],
  ['spark.sql.streaming.schemaInference', 'yes', 'INVALID_SETTING'],
  ['millrace.memoryLimit', 'much', 'INVALID_SETTING'],
])('%s = %s is refused: %s', (key, value, condition) => {
  expect(() => fresh().settings.set(key, value)).toThrow(expect.objectContaining({ condition }))
})

test('a misspelt key gets "did you mean"', () => {
  expect(() => fresh().settings.set('spark.sql.sesion.timeZone', 'UTC')).toThrow('did you mean "spark.sql.session.timeZone"')
})

test('values, defaults and what the engine sees', () => {
  const { settings } = fresh()
  expect(settings.get('spark.sql.session.timeZone')).toBe('UTC')
  expect(settings.get('spark.sql.ansi.enabled')).toBe('true')
  settings.set('spark.sql.ansi.enabled', true)
  settings.set('millrace.memoryLimit', '2GB')
  settings.set('millrace.stopTimeout', '2 seconds')
  expect([settings.get('millrace.memoryLimit'), settings.lookup('millrace.memoryLimit')]).toEqual(['2GB', String(2 * 2 ** 30)])
  expect(settings.lookup('millrace.stopTimeout')).toBe('2000')
  settings.unset('millrace.stopTimeout')
  expect(settings.lookup('millrace.stopTimeout')).toBe(undefined)
  expect(settings.lookup('spark.sql.streaming.noDataProgressEventInterval')).toBe('10000')
  expect(settings.lookup('spark.nothing')).toBe(undefined)
  expect(() => settings.get('spark.nothing')).toThrow(expect.objectContaining({ condition: 'UNKNOWN_SETTING' }))
})
