import { describe, expect, test } from 'vitest'
import { fakeQuery, world } from '../../test/support/loop-fakes.ts'
import { startQuery } from './index.ts'

const text = async (at: ReturnType<typeof world>, path: string): Promise<string> =>
  new TextDecoder().decode(await at.files.read(`/chk/${path}`))

describe('a run', () => {
  test('takes what arrives, batch by batch, and closes groups in a batch without data', async () => {
    const at = world()
    const query = await startQuery(fakeQuery(at))
    at.arrive(10, 20, 150)
    await query.processAllAvailable()
    expect(at.writes).toEqual([
      { batchId: 0, rows: [] },
      { batchId: 1, rows: ['100:2'] },
    ])
    at.arrive(320)
    await query.processAllAvailable()
    expect(at.writes.slice(2)).toEqual([
      { batchId: 2, rows: [] },
      { batchId: 3, rows: ['200:1', '300:0'].slice(0, 1) },
    ])
    expect(query.status.message).toBe('Waiting for data to arrive')
    await query.stop()
    expect(query.isActive).toBe(false)
    expect(query.status.message).toBe('Stopped')
    expect(await text(at, 'commits/3')).toBe(`v1\n{"nextBatchWatermarkMs":320,"millrace":{"run":"${query.runId}"}}`)
    expect(await text(at, 'offsets/2')).toMatch(/^v1\n\{"batchWatermarkMs":150,"batchTimestampMs":\d+,"conf":\{.*\}\}\n4$/)
  })
})
