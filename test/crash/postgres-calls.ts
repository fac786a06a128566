import pg from 'pg'
import type { Failpoints } from '../../src/testing/failpoints.ts'

/** Statements around which a batch becomes true; a COPY is a stream of its own and not among them. */
const STATEMENT = /^\s*(BEGIN|COMMIT|ROLLBACK|UPDATE|INSERT|DELETE|CREATE)\b/

type Query = (text: unknown, ...rest: unknown[]) => unknown

/**
 * Makes statements to PostgreSQL failpoints `postgresql.<word>`: before = nothing has left the process; after = the server has answered, and
 * nobody in the process knows it yet.
 */
export function postgresCalls(points: Failpoints): void {
  const client = pg.Client.prototype as unknown as { query: Query }
  const { query } = client
  client.query = function (this: unknown, text, ...rest) {
    const word = typeof text === 'string' ? STATEMENT.exec(text)?.[1] : undefined
    const run = (): unknown => query.call(this, text, ...rest)
    return word === undefined ? run() : points.through(`postgresql.${word}`, run as () => Promise<unknown>)
  }
}
