import { conditions } from '../condition.ts'

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`
const list = (statements: readonly string[]): string => statements.join(' ')

/** Conditions of `connectors/postgresql/`. */
export const postgresql = conditions({
  POSTGRES_URL: {
    domain: 'user',
    message: (p: { reason: string; expected: string }) => `the "url" is none of a PostgreSQL database: ${p.reason}`,
    hint: (p: { expected: string }) => `Write ${p.expected}.`,
  },
  POSTGRES_TLS_FILE: {
    domain: 'user',
    message: (p: { option: string; path: string; reason: string }) => `"${p.option}" cannot be read from ${p.path}: ${p.reason}`,
    hint: (p: { option: string }) => `Give "${p.option}" the path of a file that this process may read.`,
  },
  POSTGRES_UNREACHABLE: {
    domain: 'external',
    message: (p: { server: string; what: string; withinMs: number; tried: readonly string[] }) =>
      `${p.server} could not be reached within ${seconds(p.withinMs)} (${p.what})${p.tried.length === 0 ? '' : `: ${p.tried.join('; ')}`}`,
    hint: () =>
      'Check that the server runs and that host and port of the url are its own; a longer connectTimeout (at the start) or retryTimeout (of a stream) waits for it longer.',
  },
  POSTGRES_LOGIN_REFUSED: {
    domain: 'external',
    message: (p: { user: string; server: string; reason: string }) => `${p.server} does not let the user "${p.user}" in: ${p.reason}`,
    hint: () => 'Check user and password (options, the url, PGPASSWORD or ~/.pgpass) and that pg_hba.conf lets this user in from here.',
  },
  POSTGRES_TLS_FAILED: {
    domain: 'external',
    message: (p: { server: string; reason: string }) => `no TLS connection to ${p.server}: ${p.reason}`,
    hint: () =>
      'Name the authority that signed the server’s certificate in sslrootcert, or choose the sslmode the server can meet (disable, prefer, require, verify-ca, verify-full).',
  },
  POSTGRES_NO_DATABASE: {
    domain: 'external',
    message: (p: { database: string; server: string }) => `there is no database "${p.database}" (${p.server})`,
    hint: (p: { database: string }) =>
      `Create it (CREATE DATABASE "${p.database}"), or check the name in the url; without one it is the user’s.`,
  },
  POSTGRES_NO_TABLE: {
    domain: 'user',
    message: (p: { table: string; database: string; near: readonly string[] }) =>
      `the database "${p.database}" has no table ${p.table}${p.near.length === 0 ? '' : `; did you mean ${p.near.join(' or ')}?`}`,
    hint: (p: { create?: string }) =>
      p.create === undefined
        ? 'Check the name in dbtable: a bare name is folded to lower case, a name in double quotes is exact.'
        : `Check the name in dbtable, set createTable to true, or create it: ${p.create}`,
  },
  POSTGRES_TABLE_EXISTS: {
    domain: 'user',
    sparkClass: 'TABLE_OR_VIEW_ALREADY_EXISTS',
    message: (p: { table: string }) => `the table ${p.table} exists already`,
    hint: () => "Write with mode('append'), mode('overwrite') or mode('ignore'), or choose another table.",
  },
  POSTGRES_NOT_PERMITTED: {
    domain: 'external',
    message: (p: { what: string; user: string; reason: string }) => `the user "${p.user}" may not ${p.what}: ${p.reason}`,
    hint: (p: { grants: readonly string[] }) =>
      p.grants.length === 0 ? 'Let the owner grant what is missing.' : `Let the owner run: ${list(p.grants)}`,
  },
  POSTGRES_STATEMENT_FAILED: {
    domain: 'external',
    message: (p: { what: string; reason: string; code: string }) =>
      `PostgreSQL could not ${p.what}: ${p.reason}${p.code === '' ? '' : ` (SQLSTATE ${p.code})`}`,
    hint: (p: { code: string }) =>
      ({
        '57014': 'A longer queryTimeout lets it run longer.',
        '23505': 'Another row has this key: give keyColumns, so that rows replace those of the same key, or write to another table.',
        '23502': 'Fill the column with coalesce(), or let the table take null there.',
      })[p.code] ?? 'It would fail again the same way: mend what it names and start again; nothing of this transaction was kept.',
  },
  POSTGRES_TYPE: {
    domain: 'user',
    message: (p: { column: string; type: string }) => `column "${p.column}" of type ${p.type} has no type of PostgreSQL to stand in`,
    hint: (p: { column: string }) => `Write it as text, e.g. to_json(${p.column}): json and jsonb columns take that.`,
  },
  POSTGRES_VALUE: {
    domain: 'user',
    message: (p: { column: string; row: number; reason: string }) => `row ${p.row} of column "${p.column}": ${p.reason}`,
    hint: () => 'Change the value in the query, or cast the column to another type.',
  },
  POSTGRES_KEY: {
    domain: 'user',
    message: (p: { table: string; reason: string }) => `rows of ${p.table} cannot be replaced by key: ${p.reason}`,
    hint: (p: { instead: string }) => p.instead,
  },
  POSTGRES_REPROCESS: {
    domain: 'user',
    message: (p: { table: string }) =>
      `an empty checkpoint with startingTimestamp appends rows to the table ${p.table} that it may already hold`,
    hint: () => "Name keyColumns, so that rows replace those of the same key, or say option('reprocess', 'append') to write them again.",
  },
  POSTGRES_AHEAD: {
    domain: 'user',
    message: (p: { table: string; batches: string; has: number; logged: number }) =>
      `${p.table} holds this query’s batches up to ${p.has}, and the checkpoint knows none after ${p.logged}: it is older than the table`,
    hint: (p: { batches: string }) =>
      `Put back the checkpoint that belongs to the table, start with a new checkpointLocation, or put back the table with ${p.batches}.`,
  },
  POSTGRES_SINK_FENCED: {
    domain: 'external',
    message: (p: { table: string; batchId: number; run: string }) =>
      `another process has taken over this query’s writing to ${p.table} (run ${p.run}); batch ${p.batchId} was not written by this one`,
    hint: () => 'Let one process run the query; this one has written nothing since the other began.',
  },
  POSTGRES_LOCKED: {
    domain: 'external',
    message: (p: { what: string; holders: readonly string[] }) =>
      `${p.what} waits for a lock${p.holders.length === 0 ? '' : ` of ${p.holders.join(', ')}`}`,
    hint: () => 'End that session (SELECT pg_terminate_backend(pid)) or wait until it commits, and start again.',
  },
})
