/** What went wrong with a call, by what a client can do about it. */
export type Trouble =
  /** The same call may work later. */
  | 'passing'
  /** The token to call with is over. */
  | 'login'
  /** The channel must be opened anew. */
  | 'reopen'
  /** Rows of whoever had the channel before are still on their way into the table. */
  | 'unsettled'
  /** Nothing but a person helps. */
  | 'final'

/** A call that was not answered as wished. */
export class StreamingRefusal extends Error {
  override readonly name = 'StreamingRefusal'
  readonly status: number
  readonly code: string
  readonly trouble: Trouble

  constructor(reason: string, status: number, code: string) {
    super(reason)
    this.status = status
    this.code = code
    this.trouble = troubleOf(status, code)
  }
}

/** Codes of Snowflake's published list after which a channel is to be opened again. */
const REOPEN = new Set([
  'STALE_CONTINUATION_TOKEN_SEQUENCER',
  'STALE_PIPE_CACHE',
  'ERR_CHANNEL_MUST_BE_REOPENED',
  'ERR_CHANNEL_MUST_BE_REOPENED_DUE_TO_ROW_SEQ_GAP',
  'ERR_CHANNEL_HAS_INVALID_ROW_SEQUENCER',
  'ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER',
  'ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED',
])

/** `status` 0: no answer at all. */
export function troubleOf(status: number, code: string): Trouble {
  if (code === 'ERR_CHANNEL_HAS_UNCOMMITTED_DATA') return 'unsettled'
  if (REOPEN.has(code)) return 'reopen'
  if (status === 0 || status >= 500 || status === 408 || status === 429) return 'passing'
  if (status === 401) return 'login'
  return status === 409 ? 'reopen' : 'final'
}

/** How a channel stands, of what the service says. */
export interface ChannelStatus {
  readonly code: string
  /** The token of the last rows that are in the table for good; null in a new channel. */
  readonly committed: string | null
  /** Rows left out since the channel was made. */
  readonly errors: number
  /** An error lies at or before the rows of this token. */
  readonly errorsUpTo: string | null
  readonly errorMessage: string
}
export interface OpenedChannel {
  readonly continuation: string
  readonly status: ChannelStatus
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** `channel_status` of an answer. The count of errors is `rows_error_count` where a channel is opened and `rows_errors` where it is asked about. */
export function statusOf(answer: unknown): ChannelStatus {
  const said = (answer ?? {}) as Readonly<Record<string, unknown>>
  return {
    code: text(said['channel_status_code']) ?? '',
    committed: text(said['last_committed_offset_token']),
    errors: Number(said['rows_error_count'] ?? said['rows_errors'] ?? 0),
    errorsUpTo: text(said['last_error_offset_upper_bound']),
    errorMessage: text(said['last_error_message']) ?? 'no reason was given',
  }
}
/** As published: SUCCESS; older answers say ACTIVE. */
export const isHealthy = ({ code }: ChannelStatus): boolean => ['SUCCESS', 'ACTIVE', ''].includes(code.toUpperCase())
