/** `KILLS` and `SEED` of the environment. */
export const killsWanted = (usual: number): number => Number(process.env['KILLS'] ?? usual)
export const seedWanted = (): number => Number(process.env['SEED'] ?? Date.now() % 1_000_000)
