import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventMs, wallMs } from '../types/index.ts'
import { parseCommit, printCommit } from './commit-entry.ts'
import { confOver, loggedConf } from './conf.ts'
import { parseOffsets, printOffsets } from './offset-entry.ts'

const GOLDEN = join(import.meta.dirname, '../../test/golden/spark')

/** Every text of a checkpoint that Spark 4.3 wrote for the recorded cases. */
const recorded = readdirSync(GOLDEN)
  .filter(name => name.endsWith('.json'))
  .flatMap(name => {
    const { checkpoint } = JSON.parse(readFileSync(join(GOLDEN, name), 'utf8')) as { checkpoint?: { files?: Record<string, string> } }
    return Object.entries(checkpoint?.files ?? {}).map(([path, text]) => ({
      path: `${name}: ${path}`,
      id: Number(path.split('/').at(-1)),
      log: path.split('/')[0],
      text,
    }))
  })

describe('what Spark wrote', () => {
  const offsets = recorded.filter(r => r.log === 'offsets')
  test('offsets are read and written back byte for byte', () => {
    expect(offsets.length).toBeGreaterThan(50)
    for (const { path, id, text } of offsets) expect(printOffsets(parseOffsets(path, id, text)), path).toBe(text)
  })
  test('commits too', () => {
    const commits = recorded.filter(r => r.log === 'commits')
    expect(commits.length).toBeGreaterThan(50)
    for (const { path, id, text } of commits) expect(printCommit(parseCommit(path, id, text)), path).toBe(text)
  })
  test('the settings of a batch are the ones we write, in the same order', () => {
    const { conf } = parseOffsets(offsets[0]!.path, 0, offsets[0]!.text)
    const ours = loggedConf(key => (key === 'spark.sql.shuffle.partitions' ? conf[key] : undefined))
    expect(JSON.stringify(ours)).toBe(JSON.stringify(conf))
  })
})

describe('offsets', () => {
  test('a source without an offset is a dash', () => {
    const entry = { watermark: eventMs(5), timestamp: wallMs(6), conf: {}, ends: ['{"logOffset":1}', null] }
    const text = 'v1\n{"batchWatermarkMs":5,"batchTimestampMs":6,"conf":{}}\n{"logOffset":1}\n-'
    expect(printOffsets(entry)).toBe(text)
    expect(parseOffsets('offsets/3', 3, text)).toEqual({ batchId: 3, ...entry })
  })
  test('files of 2.1 have no settings and may have no metadata', () => {
    expect(parseOffsets('o', 0, 'v1\n{"batchWatermarkMs":0,"batchTimestampMs":1}\n0')).toMatchObject({
      conf: {},
      timestamp: 1,
      ends: ['0'],
    })
    expect(parseOffsets('o', 0, 'v1\n\n345')).toMatchObject({ watermark: 0, timestamp: 0, ends: ['345'] })
  })
  test('v2 has a line by source id', () => {
    expect(parseOffsets('o', 0, 'v2\n{"batchWatermarkMs":1}\n1:-\n0:{"a":{"0":1}}')).toMatchObject({ ends: ['{"a":{"0":1}}', null] })
  })
})

describe('commits', () => {
  test('a stateful query names its run, a stateless one writes exactly what Spark does', () => {
    expect(printCommit({ nextWatermark: eventMs(5) })).toBe('v1\n{"nextBatchWatermarkMs":5}')
    expect(printCommit({ nextWatermark: eventMs(5), run: 'r' })).toBe('v1\n{"nextBatchWatermarkMs":5,"millrace":{"run":"r"}}')
  })
  test.each(['v1', 'v1\n', 'v1\n{}'])('old file %j means watermark 0', text =>
    expect(parseCommit('c', 0, text)).toEqual({ batchId: 0, nextWatermark: 0 }),
  )
  test('unknown keys are read past', () => {
    expect(parseCommit('c', 1, 'v1\n{"nextBatchWatermarkMs":7,"stateUniqueIds":{}}')).toEqual({ batchId: 1, nextWatermark: 7 })
    expect(parseCommit('c', 1, 'v2\n{"nextBatchWatermarkMs":7,"stateUniqueIds":{"0":[["a"]]}}')).toMatchObject({ nextWatermark: 7 })
  })
})

describe('damaged files are refused, and named', () => {
  test.each([
    ['', 'MALFORMED_LOG_FILE'],
    ['hello', 'MALFORMED_LOG_FILE'],
    ['v0\n{}', 'MALFORMED_LOG_FILE'],
    ['v1\n{"nextBatch', 'MALFORMED_LOG_FILE'],
    ['v1\n{"nextBatchWatermarkMs":"x"}', 'MALFORMED_LOG_FILE'],
    ['v9\n{}', 'UNSUPPORTED_LOG_VERSION'],
  ])('commit %j', (text, condition) => {
    expect(() => parseCommit('/chk/commits/4', 4, text)).toThrow(
      expect.objectContaining({ condition, params: expect.objectContaining({ path: '/chk/commits/4' }) }),
    )
  })
  test.each(['v1', 'v1\n[]\n0', 'v1\n{"conf":{"a":1}}\n0', 'v2\n\n0:1', 'v2\n{}\n1:5', 'v2\n{}\nx'])('offsets %j', text => {
    expect(() => parseOffsets('/chk/offsets/4', 4, text)).toThrow(expect.objectContaining({ condition: 'MALFORMED_LOG_FILE' }))
  })
})

describe('settings', () => {
  const session = (key: string): string | undefined =>
    ({ 'spark.sql.shuffle.partitions': '5', 'spark.sql.streaming.multipleWatermarkPolicy': 'max', other: 'x' })[key]
  test('of the log win over the session', () => {
    const conf = confOver({ 'spark.sql.shuffle.partitions': '2', 'spark.sql.streaming.multipleWatermarkPolicy': 'min' }, session)
    expect(['spark.sql.shuffle.partitions', 'spark.sql.streaming.multipleWatermarkPolicy', 'other'].map(conf)).toEqual(['2', 'min', 'x'])
  })
  test('that the log lacks have their legacy value, or the session’s', () => {
    const conf = confOver({}, session)
    expect(conf('spark.sql.streaming.multipleWatermarkPolicy')).toBe('min')
    expect(conf('spark.sql.shuffle.partitions')).toBe('5')
    expect(conf('spark.sql.streaming.join.stateFormatVersion')).toBe('1')
  })
  test('of a new checkpoint are the session’s', () =>
    expect(confOver(undefined, session)('spark.sql.streaming.multipleWatermarkPolicy')).toBe('max'))
})
