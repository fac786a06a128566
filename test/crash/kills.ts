/** Random numbers in [0, 1) from a seed (mulberry32), so that a failed crash run can be repeated by its printed seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** `KILLS` and `SEED` of the environment. */
export const killsWanted = (usual: number): number => Number(process.env['KILLS'] ?? usual)
export const seedWanted = (): number => Number(process.env['SEED'] ?? Date.now() % 1_000_000)
