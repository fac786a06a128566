/**
 * Runs steps side by side and waits for all of them, so that nothing still uses what the next step frees.
 * The first failure is told to the others through `abort`, and is what is thrown.
 */
export async function together<T extends readonly Promise<unknown>[]>(
  steps: readonly [...T],
  abort: (reason: unknown) => void,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  let failed = false
  let failure: unknown
  const watched = steps.map(step =>
    step.catch(error => {
      if (!failed) abort(error)
      failure = failed ? failure : error
      failed = true
    }),
  )
  const answers = await Promise.all(watched)
  if (failed) throw failure
  return answers as { -readonly [K in keyof T]: Awaited<T[K]> }
}
