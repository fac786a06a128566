import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Server } from './settings.ts'

/** What the server says of a statement, beside its text. */
interface ServerFailure extends Error {
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
  readonly where?: string
  readonly column?: string
}

/** SQLSTATEs and system errors that may be gone at the next try: connections lost, a server that goes or comes, locks, conflicts, a full house. */
const PASSING = /^(08\w{3}|57P0[1-5]|53\w{3}|40001|40P01|55P03|25P0[34])$/
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
])
const LOST = /connection terminated|timeout expired|client was closed|not queryable|socket (hang up|disconnected)|premature close/i

/** Whether the same may succeed a little later. */
export function isPassing(error: unknown): boolean {
  if (isMillraceError(error)) return isMillraceError(error, 'POSTGRES_UNREACHABLE')
  const { code, message = '' } = error as ServerFailure
  if (code === undefined) return LOST.test(message)
  // A server that is away keeps no socket file.
  return SYSTEM.has(code) || PASSING.test(code) || (code === 'ENOENT' && message.includes('connect'))
}

/** Whether the session that it came from is of no use any more. */
export const isLost = (error: unknown): boolean => isPassing(error) && !/^(40|55)/.test((error as ServerFailure).code ?? '')

/** One line of what went wrong; never a password, which the server does not repeat. */
export const reasonOf = (error: unknown): string => {
  if (isMillraceError(error, 'POSTGRES_UNREACHABLE')) return [...new Set(error.params.tried)].join('; ')
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const { message, code } = error as ServerFailure
  return message || code || String(error)
}

type Make = (error: ServerFailure, what: string, server: Server) => MillraceError

const statement: Make = (error, what) => {
  const details = [error.detail, error.where, error.hint].filter(line => line !== undefined && line !== '').map(line => `  ${line}`)
  return new MillraceError('POSTGRES_STATEMENT_FAILED', { what, reason: error.message, code: error.code ?? '' }, { cause: error, details })
}
const login: Make = (error, _, { user, shown }) =>
  new MillraceError('POSTGRES_LOGIN_REFUSED', { user, server: shown, reason: error.message }, { cause: error })

/** By SQLSTATE; all others are POSTGRES_STATEMENT_FAILED. */
const MADE: Readonly<Record<string, Make>> = {
  '28P01': login,
  '28000': login,
  '3D000': (error, _, { database, shown }) => new MillraceError('POSTGRES_NO_DATABASE', { database, server: shown }, { cause: error }),
  '42501': (error, what, { user }) =>
    new MillraceError(
      'POSTGRES_NOT_PERMITTED',
      { what, user, grants: grantsFor(error.message, user), reason: error.message },
      { cause: error },
    ),
}

/** What an error of the client or the server is called here. */
export function asMillraceError(error: unknown, what: string, server: Server): MillraceError {
  if (isMillraceError(error)) return error
  const failure = error as ServerFailure
  const { code, message } = failure
  if (code !== undefined && MADE[code]) return MADE[code](failure, what, server)
  // The client says it about itself: it was asked for a password and has none.
  if (/client password must be/i.test(message)) {
    return login(Object.assign(new Error('it asks for a password, and none is given'), { cause: error }), what, server)
  }
  if (isTlsFailure(failure)) return new MillraceError('POSTGRES_TLS_FAILED', { server: server.shown, reason: message }, { cause: error })
  if (isPassing(error)) {
    return new MillraceError(
      'POSTGRES_UNREACHABLE',
      { server: server.shown, what, withinMs: server.connectMs, tried: [reasonOf(error)] },
      { cause: error },
    )
  }
  return statement(failure, what, server)
}

export const isTlsFailure = ({ code, message }: { readonly code?: string; readonly message: string }): boolean =>
  /does not support SSL|certificate|self.signed|alert|wrong version number|SSL routines/i.test(message) ||
  /^ERR_(TLS|SSL|OSSL)/.test(code ?? '')

/** The statement an owner would run, from what the server says. */
function grantsFor(message: string, user: string): readonly string[] {
  const found = /permission denied for (schema|table|sequence|database|relation|foreign server) ("?[^\s]+"?)/i.exec(message)
  if (!found) return []
  const [, kind, name] = found
  const to = `TO ${/^[a-z_][a-z0-9_]*$/.test(user) ? user : `"${user}"`};`
  return kind === 'schema'
    ? [`GRANT USAGE ON SCHEMA ${name} ${to}`]
    : kind === 'database'
      ? [`GRANT CONNECT, TEMPORARY ON DATABASE ${name} ${to}`]
      : [`GRANT SELECT ON ${name} ${to}`]
}
