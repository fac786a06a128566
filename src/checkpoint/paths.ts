/** Every name inside a checkpoint. What stands under `millrace/` is ours, the rest is Spark's. */
export const PATHS = {
  metadata: 'metadata',
  offsets: 'offsets',
  commits: 'commits',
  /** Spark's own state; never made by us. */
  sparkState: 'state',
  source: (index: number): string => `sources/${index}`,
  millraceSource: (index: number): string => `millrace/sources/${index}`,
  plans: 'millrace/plan',
  plan: (firstBatch: number): string => `millrace/plan/${firstBatch}.json`,
  runs: 'millrace/runs',
  run: (n: number): string => `millrace/runs/${n}`,
} as const

/** The number an entry is named by; undefined for `.0.crc`, temporary files and whatever else lies there (as Spark lists). */
export function idOf(path: string, suffix = ''): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!name.endsWith(suffix)) return undefined
  const digits = name.slice(0, name.length - suffix.length)
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}
