import type { Clock } from '../platform/index.ts'

/** Adds up milliseconds by phase for one trigger. */
export interface Stopwatch {
  /** With `after`, the step's time counts from there on: before, it waits. */
  measure<T>(phase: string, step: () => Promise<T>, after?: Promise<unknown>): Promise<T>
  /** Whole milliseconds by phase, `triggerExecution` being the time since the start. */
  read(): Readonly<Record<string, number>>
}

export function stopwatch(clock: Clock): Stopwatch {
  const started = clock.ticks()
  const phases = new Map<string, number>()
  return {
    measure: async (phase, step, after) => {
      let from = clock.ticks()
      const begin = (): void => {
        from = clock.ticks()
      }
      after?.then(begin, begin)
      try {
        return await step()
      } finally {
        phases.set(phase, (phases.get(phase) ?? 0) + clock.ticks() - from)
      }
    },
    read: () => ({
      ...Object.fromEntries([...phases].map(([phase, ms]) => [phase, Math.floor(ms)])),
      triggerExecution: Math.floor(clock.ticks() - started),
    }),
  }
}
