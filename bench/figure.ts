/** One measured number. `ratio`: how many times better than `against`, measured in the same run. */
export interface Figure {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly against?: string
  readonly ratio?: number
}
export interface BenchOptions {
  readonly quick: boolean
  readonly against: readonly string[]
  readonly repeat: number
}
export interface Bench {
  readonly name: string
  readonly describe: string
  readonly run: (options: BenchOptions) => AsyncIterable<Figure>
}

export const round = (n: number, digits = 3): number => Number(n.toPrecision(digits + 1))
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}
export const median = (values: readonly number[]): number => quantile(values, 0.5)
