import { Connection } from '../../src/connectors/snowflake/sql/connection.ts'
import type { Failpoints } from '../../src/testing/failpoints.ts'

/** Statements around which a batch becomes true, and those that bring its rows there. */
const STATEMENT = /^(BEGIN|COMMIT|ROLLBACK|UPDATE|INSERT|MERGE|DELETE|PUT|COPY|CREATE|REMOVE)\b/

/**
 * Makes statements to Snowflake failpoints `snowflake.<word>`: before = nothing has left the process; after = the server has answered, and nobody in the
 * process knows it yet.
 */
export function snowflakeCalls(points: Failpoints): void {
  const { run } = Connection.prototype
  Connection.prototype.run = function (this: Connection, sql, ...rest) {
    const word = STATEMENT.exec(sql)?.[1]
    const answer = (): ReturnType<Connection['run']> => run.call(this, sql, ...rest)
    return word === undefined ? answer() : points.through(`snowflake.${word}`, answer)
  }
}
