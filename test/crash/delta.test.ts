import { expect, test } from 'vitest'
import { crashDelta } from './delta.ts'
import { killsWanted, seedWanted } from './kills.ts'

for (const mode of ['append', 'update'] as const) {
  test(`a stream into a Delta table, killed at random moments, loses no row and writes none twice (${mode})`, {
    timeout: 600_000,
  }, async () => {
    const seed = seedWanted()
    const result = await crashDelta({ mode, kills: killsWanted(10), seed })
    expect(result.differences, `SEED=${seed}`).toEqual([])
    expect(result.records).toBeGreaterThan(100)
    if (mode === 'append') expect(result.compactions, `SEED=${seed}`).toBeGreaterThan(0)
  })
}
