import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { generateWeek } from './generate.ts'
import { layOut, NOTHING, plus, type Replay, type Slot } from './messages.ts'
import { provide, sent } from './provider.ts'
import { readWeeklyFile } from './weekly-file.ts'

const replay: Replay = { slotSeconds: 3600, windowSeconds: 14_400, watermarkSeconds: 14_400, duplicates: 0.01, late: 0.005, end: true }

/** What the stream must find, told in plain code: one file a batch, the late filter knows the event times up to two files back. */
function drops(slots: readonly Slot[]): { late: number; duplicates: number } {
  const seen = new Set<string>()
  const maxima: number[] = []
  let [late, duplicates, max] = [0, 0, 0]
  for (const [n, slot] of slots.entries()) {
    const filter = n < 2 ? 0 : maxima[n - 2]! - replay.watermarkSeconds
    for (const line of slot.lines) {
      const f = line.split(',')
      const at = Date.parse(`${f[12]!.replace(' ', 'T')}Z`) / 1000
      if (at <= filter) late++
      else if (seen.has(f[11]!)) duplicates++
      seen.add(f[11]!)
      max = Math.max(max, at)
    }
    maxima.push(max)
  }
  return { late, duplicates }
}

describe('the replay', () => {
  const week = generateWeek(1)
  const slots = layOut(week, replay)

  test('is a pure function of the data', () => {
    expect(layOut(generateWeek(1), replay)).toEqual(slots)
    expect(layOut(generateWeek(2), replay)).not.toEqual(slots)
  })

  test('repeats about one percent and holds back about half a percent beyond the watermark', () => {
    const rows = slots.reduce((n, s) => n + s.totals.rows, 0)
    const { late, duplicates } = drops(slots)
    expect(rows - week.length).toBeGreaterThan(week.length * 0.007)
    expect(late).toBeGreaterThan(week.length * 0.003)
    expect(late).toBeLessThan(week.length * 0.008)
    // Whatever is repeated is either late or found out as a duplicate: nothing is counted twice.
    expect(duplicates).toBeGreaterThan(week.length * 0.007)
    expect(duplicates).toBeLessThanOrEqual(rows - week.length)
  })

  test('a counter that jumps back or too far is a reset and counts nobody', () => {
    const at = (hours: number, entries: number) => ({ ...week[0]!, seconds: week[0]!.seconds + hours * 3600, entries, exits: 0 })
    const laid = layOut([at(0, 500), at(4, 510), at(8, 3), at(12, 20_000), at(16, 20_001)], {
      ...replay,
      duplicates: 0,
      late: 0,
      end: false,
    })
    expect(laid.map(s => s.totals.entries)).toEqual([0, 10, 0, 0, 1])
  })

  test('ends with a turnstile END beyond every window, left out of every count', () => {
    const [first, last] = slots.slice(-2)
    expect([first!.lines.length, last!.lines.length]).toEqual([1, 1])
    expect(last!.lines[0]).toMatch(/^END,END/)
    expect(last!.totals).toEqual(NOTHING)
    expect(layOut(week, { ...replay, end: false })).toEqual(slots.slice(0, -2))
  })
})

test('a provider that starts again goes on after the highest file that landed, and its ledger counts what landed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-provider-'))
  try {
    const slots = layOut(generateWeek(1), replay)
    const options = {
      incoming: join(dir, 'in'),
      ledger: join(dir, 'ledger'),
      speed: 'max' as const,
      slotSeconds: 3600,
      signal: new AbortController().signal,
    }
    await provide(slots.slice(0, 20), options)
    await provide(slots, options)
    expect(await readdir(options.incoming)).toHaveLength(slots.length)
    expect(await sent(options.incoming, options.ledger)).toEqual(slots.map(s => s.totals).reduce(plus))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

describe('a weekly file', () => {
  const header = 'C/A,UNIT,SCP,STATION,LINENAME,DIVISION,DATE,TIME,DESC,ENTRIES,EXITS                                                    '
  const line = 'A002,R051,02-00-00,59 ST,NQR456W,BMT,12/30/2023,03:00:00,REGULAR,0000102019,0000073801                              '
  const read = async (bytes: Uint8Array | string): Promise<unknown> => {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-week-'))
    try {
      await writeFile(join(dir, 'week.txt'), bytes)
      return await readWeeklyFile(join(dir, 'week.txt'))
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  }

  test('is read as the MTA publishes it, plain or gzipped', async () => {
    const expected = [
      expect.objectContaining({
        controlArea: 'A002',
        station: '59 ST',
        entries: 102_019,
        exits: 73_801,
        seconds: Date.UTC(2023, 11, 30, 3) / 1000,
      }),
    ]
    expect(await read(`${header}\n${line}\n`)).toEqual(expected)
    expect(await read(gzipSync(`${header}\r\n${line}\r\n`))).toEqual(expected)
  })

  test.each([
    ['another file', 'a,b\n1,2\n', 'is not a weekly turnstile file'],
    ['a short line', `${header}\n${line}\nA002,R051\n`, 'line 3 is not a reading: A002,R051'],
    ['a broken number', `${header}\n${line.replace('102019', '10x019')}\n`, 'line 2 is not a reading'],
    ['a truncated gzip', gzipSync(`${header}\n${line}\n`).subarray(0, 60), 'is not a whole gzip file'],
    ['no readings', `${header}\n`, 'holds no readings'],
  ])('%s is refused by name', async (_, bytes, told) => {
    await expect(read(bytes)).rejects.toThrow(told)
  })
})

test('the command line takes bare minutes and lengths, and says what is wrong', () => {
  expect(readArguments(['--duration', '30', '--slide', '10 minutes'])).toMatchObject({
    durationSeconds: 1800,
    slideSeconds: 600,
    watermarkSeconds: 1800,
  })
  expect(readArguments(['--help'])).toBeUndefined()
  for (const bad of [['--duration', 'soon'], ['--speed', '-1'], ['--late', '101'], ['--slide', '300'], ['--nonsense'], ['extra']])
    expect(() => readArguments(bad), bad.join(' ')).toThrow()
})
