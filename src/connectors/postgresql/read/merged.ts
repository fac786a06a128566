/** What several give, as it comes; each may be one ahead. Ends with the first that fails; what the others hold is given up. */
export async function* merged<T>(sources: readonly AsyncGenerator<T, void, undefined>[]): AsyncGenerator<T, void, undefined> {
  type Step = { readonly source: AsyncGenerator<T, void, undefined>; readonly step: IteratorResult<T, void> }
  const next = (source: AsyncGenerator<T, void, undefined>): Promise<Step> => source.next().then(step => ({ source, step }))
  const running = new Map(sources.map(source => [source, next(source)]))
  try {
    while (running.size > 0) {
      const { source, step } = await Promise.race(running.values())
      if (step.done) running.delete(source)
      else {
        running.set(source, next(source))
        yield step.value
      }
    }
  } finally {
    for (const [source, step] of running) {
      step.catch(() => {})
      void source.return().catch(() => {})
    }
  }
}
