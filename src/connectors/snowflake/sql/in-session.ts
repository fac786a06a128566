import type { Platform } from '../../../platform/index.ts'
import type { SnowflakeSettings } from '../login/settings.ts'
import { again } from './retry.ts'
import { closeQuietly, openSession, type Session } from './session.ts'

/** A query begins soon or says why it does not; once it runs it is more patient. */
const OPEN_MS = 30_000

/** Runs something in a session of its own, while a query or read begins. `bare`: it needs no warehouse. */
export async function inSession<T>(
  context: { readonly platform: Platform },
  { login, values }: Pick<SnowflakeSettings, 'login' | 'values'>,
  what: string,
  work: (session: Session, signal: AbortSignal) => Promise<T>,
  { bare = false } = {},
): Promise<T> {
  // A query is stopped by closing its sink; until that is open the time-out ends it.
  const { signal } = new AbortController()
  const timeoutMs = Math.min(OPEN_MS, values.retryTimeout)
  return again(
    async () => {
      const session = await openSession(login, signal, { bare })
      try {
        return await work(session, signal)
      } finally {
        await closeQuietly(session.connection)
      }
    },
    { platform: context.platform, url: login.url, what, timeoutMs, signal },
  )
}
