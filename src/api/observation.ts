/** Metrics of a batch frame: hand it to `frame.observe(observation, …)`, run an action, then `await observation.get`. */
export class Observation {
  readonly name: string
  /** Resolves when the first action that reads the observed frame has ended. */
  readonly get: Promise<Readonly<Record<string, unknown>>>
  /** @internal */
  readonly settle: (values: Readonly<Record<string, unknown>>) => void

  constructor(name = `observation-${++count}`) {
    this.name = name
    const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    this.get = promise
    this.settle = resolve
  }
}
let count = 0
/** Observations wait here for the first batch action that computes them. */
export const observations = new Map<string, Observation>()
