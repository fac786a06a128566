import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { balances } from '../../examples/turnstiles/summary.ts'
import { killsWanted, seedWanted } from './kills.ts'
import { crashTurnstiles } from './turnstiles.ts'

const REAL_WEEK = resolve(import.meta.dirname, '../../../shared/data/mta-turnstile-240106.csv.gz')

test('the main job killed at random moments leaves the same lake as an undisturbed run, and its sums balance', {
  timeout: 600_000,
}, async () => {
  const seed = seedWanted()
  console.log(`seed ${seed}`)
  const result = await crashTurnstiles({ kills: killsWanted(10), seed })
  expect(result.differences, `SEED=${seed}`).toEqual([])
  expect(balances(result.summary)).toBe(true)
  expect(result.summary.late.rows).toBeGreaterThan(0)
  expect(result.summary.duplicates.rows).toBeGreaterThan(0)
})

test.skipIf(!existsSync(REAL_WEEK))('the real week, killed in the middle, balances to the rider', { timeout: 600_000 }, async () => {
  const seed = seedWanted()
  const result = await crashTurnstiles({ kills: 2, seed, args: ['--data', REAL_WEEK] })
  expect(result.differences, `SEED=${seed}`).toEqual([])
  expect(balances(result.summary)).toBe(true)
})
