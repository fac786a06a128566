/** What came back instead of a result: plain text and numbers, so that nothing of a request can be printed with it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** Snowflake's or the driver's number of the error; empty when there is none. */
  readonly code: string
  readonly sqlState: string
  /** It may work when it is done again, over a new connection. */
  readonly passing: boolean

  constructor(reason: string, facts: { readonly code?: string; readonly sqlState?: string; readonly passing: boolean }) {
    super(reason)
    this.code = facts.code ?? ''
    this.sqlState = facts.sqlState ?? ''
    this.passing = facts.passing
  }
}

/** Of the driver: no network; an answer of HTTP that is no 200. */
const NETWORK = '401001'
const HTTP = '401002'
/** The session is gone, or a lock was not had in time, or the transaction was rolled back under us: all of it is done again from the start. */
const AGAIN = new Set([
  '390104',
  '390111',
  '390112',
  '390114',
  '390115',
  '000625',
  '000604',
  '090232',
  '407001',
  '407002',
  '405503',
  '000636',
])

interface DriverError {
  readonly code?: unknown
  readonly message?: unknown
  readonly sqlState?: unknown
  readonly response?: { readonly statusCode?: unknown; readonly status?: unknown }
  readonly cause?: { readonly code?: unknown }
}

/** What an error of the driver says, without what it carries. */
export function refusalOf(error: unknown): Refusal {
  const { code, message, sqlState, response, cause } = error as DriverError
  const number = code === undefined ? '' : String(code)
  const state = typeof sqlState === 'string' ? sqlState : ''
  if (number === HTTP) {
    const status = Number(response?.statusCode ?? response?.status ?? 0)
    const passing = status === 0 || status >= 500 || status === 408 || status === 429
    return new Refusal(`HTTP ${status || 'error'}`, { code: number, passing })
  }
  if (number === NETWORK) {
    const why = typeof cause?.code === 'string' ? cause.code : 'the network failed'
    return new Refusal(why, { code: number, passing: why !== 'ENOTFOUND' })
  }
  const text = String(message ?? error)
    .replace(/^\d{6} \([0-9A-Z]{5}\): /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return new Refusal(text, { code: number, sqlState: state, passing: AGAIN.has(number.padStart(6, '0')) })
}

/** There is no such thing, or one may not know that there is. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Refusal && ['002003', '002043', '390201'].includes(error.code.padStart(6, '0'))
/** One may see it and not do that. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof Refusal && (error.code.padStart(6, '0') === '003001' || error.sqlState === '42501')
