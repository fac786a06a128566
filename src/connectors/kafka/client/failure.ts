import { isMillraceError, MillraceError } from '../../../errors/index.ts'

/** What the library's errors, the broker's error codes and the sockets' errors have in common, as far as we look. */
interface Failure extends Error {
  readonly code?: string
  /** Kafka's name of a broker's error: `NOT_LEADER_OR_FOLLOWER`. */
  readonly apiId?: string
  readonly canRetry?: boolean
  readonly serverErrorMessage?: string | null
  readonly errors?: readonly unknown[]
}

/** The error and everything underneath it: causes and the members of an aggregate, outermost first. */
export function underneath(error: unknown): readonly Failure[] {
  if (!(error instanceof Error)) return []
  const e = error as Failure
  return [e, ...(e.errors ?? []).flatMap(underneath), ...(e instanceof MillraceError ? [] : underneath(e.cause))]
}

/** Kafka's name of the error the broker answered with, e.g. `UNKNOWN_TOPIC_OR_PARTITION`; undefined where no broker answered. */
export const kafkaErrorOf = (error: unknown): string | undefined => underneath(error).find(e => e.apiId !== undefined)?.apiId

/** An error code of an answer as an error that `retryable` and `kafkaErrorOf` understand. */
export class BrokerError extends Error {
  readonly apiId: string
  readonly canRetry: boolean
  constructor(at: { readonly id: string; readonly canRetry: boolean; readonly message: string }, detail?: string | null) {
    super(detail ?? at.message)
    this.apiId = at.id
    this.canRetry = at.canRetry
  }
}

/** The login was refused, whatever the network does next. */
const isLogin = (e: Failure): boolean => e.code === 'PLT_KFK_AUTHENTICATION' || e.apiId === 'SASL_AUTHENTICATION_FAILED'

/** Certificates that do not fit together; trying again changes nothing. A connection cut during the handshake is not among them: brokers restart. */
const TLS_CODES =
  /^(CERT_|ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/
const isTls = (e: Failure): boolean => TLS_CODES.test(e.code ?? '') || e.message === 'Broker requires TLS.'

/** Errors of the client library in its own code: retrying would hide a defect. */
const isDefect = (e: Failure): boolean => e instanceof TypeError || e instanceof RangeError || e instanceof SyntaxError

/** What Millrace itself said below the library's errors: the token provider's, for one. */
export const oursIn = (error: unknown): MillraceError | undefined =>
  underneath(error).find(e => e instanceof MillraceError) as MillraceError | undefined

/** Would the same request succeed later, or at another broker? */
export function retryable(error: unknown): boolean {
  const ours = oursIn(error)
  if (ours) return isMillraceError(ours, 'KAFKA_TOKEN_PROVIDER') && ours.params.passing
  const all = underneath(error)
  if (all.length === 0 || all.some(e => isLogin(e) || isTls(e) || isDefect(e) || e.name === 'AbortError')) return false
  const answered = all.filter(e => e.apiId !== undefined)
  if (answered.length > 0) return answered.every(e => e.canRetry === true)
  return all.some(e => e.canRetry === true || /^E[A-Z_]+$/.test(e.code ?? '') || e.code === 'PLT_KFK_NETWORK')
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'the name service does not answer',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EPIPE: 'connection closed',
}

const UNSAID = 'connection closed by the broker (does the listener expect TLS or a login?)'

const NO_LOGIN = 'the listener takes no login (is kafka.security.protocol this listener’s?)'
/** OpenSSL's own lines: thread, code, library, function, what it means, file and line. */
const OPENSSL = /^.*error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):.*$/s

/** Why, in a few words: the deepest thing that was said. */
export function reasonOf(error: unknown): string {
  const all = underneath(error)
  const answered = all.find(e => e.apiId !== undefined)
  if (answered?.apiId === 'ILLEGAL_SASL_STATE') return NO_LOGIN
  if (answered) return `${answered.apiId}: ${answered.serverErrorMessage || answered.message}`
  const deepest = all.findLast(e => e.message !== '' || e.code !== undefined)
  if (!deepest) return String(error)
  if (/^Connection closed/.test(deepest.message)) return UNSAID
  return WORDS[deepest.code ?? ''] ?? deepest.message.replace(OPENSSL, '$1').replace(/\.$/, '')
}

/** A failure that ends a call as what a person reads. `broker` = host:port it was met at, where one was asked. */
export function asMillraceError(error: unknown, what: string, broker: string, mechanism: string): unknown {
  const ours = oursIn(error)
  if (ours) return ours
  const all = underneath(error)
  const reason = reasonOf(error)
  if (all.some(isLogin)) return new MillraceError('KAFKA_AUTHENTICATION_FAILED', { broker, mechanism, reason }, { cause: error })
  if (all.some(isTls)) return new MillraceError('KAFKA_TLS_FAILED', { broker, reason }, { cause: error })
  const id = kafkaErrorOf(error)
  if (id?.endsWith('AUTHORIZATION_FAILED')) return new MillraceError('KAFKA_NOT_AUTHORIZED', { what, error: id }, { cause: error })
  if (id === undefined && !all.some(e => e.code?.startsWith('PLT_KFK_'))) return error
  return new MillraceError('KAFKA_REQUEST_FAILED', { what, error: id ?? '', reason }, { cause: error })
}
