import { MillraceError } from '../../errors/index.ts'

/** Runs a person's function: its failure is told as theirs; a query that was stopped meanwhile has not failed. */
export async function theirs(
  condition: 'FOREACH_USER_FUNCTION_ERROR' | 'FOREACH_BATCH_USER_FUNCTION_ERROR',
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } catch (cause) {
    if (signal.aborted && cause === signal.reason) throw cause
    throw new MillraceError(condition, { reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}
