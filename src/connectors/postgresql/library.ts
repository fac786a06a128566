import { MillraceError } from '../../errors/index.ts'

/** The PostgreSQL client and its COPY streams. */
export interface PostgresLibrary {
  readonly pg: typeof import('pg')
  readonly copyFrom: (sql: string) => CopyIn
  readonly copyTo: (sql: string) => CopyOut
}
export type CopyIn = import('node:stream').Writable & { readonly rowCount: number }
export type CopyOut = import('node:stream').Readable

let loaded: Promise<PostgresLibrary> | undefined

/** Loads the client on first use: a program that touches no PostgreSQL never pays for it. */
export function postgresLibrary(): Promise<PostgresLibrary> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined
    throw error
  })
  return loaded
}

async function load(): Promise<PostgresLibrary> {
  const [pg, copy] = await Promise.all([import('pg').catch(missing('pg')), importCopyStreams().catch(missing('pg-copy-streams'))])
  return { pg, copyFrom: copy.from, copyTo: copy.to }
}

/** It has no types of its own. */
async function importCopyStreams(): Promise<{ readonly from: (sql: string) => CopyIn; readonly to: (sql: string) => CopyOut }> {
  // @ts-expect-error no declarations
  return await import('pg-copy-streams')
}

const missing = (name: string) => (cause: unknown) => {
  throw new MillraceError('MISSING_DEPENDENCY', { package: name, for: 'format "postgresql"' }, { cause })
}
