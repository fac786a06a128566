import type { Clock } from '../platform/index.ts'

/** Adds up milliseconds by phase for one trigger. */
export interface Stopwatch {
  measure<T>(phase: string, step: () => Promise<T>): Promise<T>
  /** Whole milliseconds by phase, `triggerExecution` being the time since the start. */
  read(): Readonly<Record<string, number>>
}

export function stopwatch(clock: Clock): Stopwatch {
  const started = clock.ticks()
  const phases = new Map<string, number>()
  return {
    measure: async (phase, step) => {
      const from = clock.ticks()
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
