import type { Platform } from '../platform/index.ts'
import { EXIT } from './command.ts'

/** npm hands a Ctrl-C through that the terminal has sent already: two signals, one wish. */
const SAME_WISH_MS = 500

/** Aborts at Ctrl-C or SIGTERM, so that what runs can end in order; asked again later, the process ends at once. */
export function interruption({ process: host, clock }: Platform): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  let first: number | undefined
  const end = host.onStopRequest(() => {
    first ??= clock.ticks()
    if (clock.ticks() - first > SAME_WISH_MS) process.exit(EXIT.interrupted)
    controller.abort('the run was stopped')
  })
  return { signal: controller.signal, end }
}
