/** What an error of a client means. */
export type Verdict =
  /** There is no such object. */
  | { readonly kind: 'absent' }
  /** A condition of the request did not hold: the name is taken, or the object is another one by now. */
  | { readonly kind: 'refused' }
  /** A range behind the object's end. */
  | { readonly kind: 'beyond' }
  /** Passes by itself: nobody answered (`unreachable`), or "come again". */
  | { readonly kind: 'again'; readonly code: string; readonly unreachable: boolean }
  | { readonly kind: 'expired'; readonly code: string }
  /** `maybeExpired`: the answer does not say why, as those to HEAD. */
  | { readonly kind: 'denied'; readonly code: string; readonly maybeExpired?: boolean }
  | { readonly kind: 'no-credentials'; readonly reason: string }
  | { readonly kind: 'no-bucket' }
  | { readonly kind: 'wrong-region'; readonly region: string; readonly expected?: string }
  | { readonly kind: 'other'; readonly code: string }

/** Answers of a store that are no failure of it: the caller knows what to make of them. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** `lost`: an upload that was begun is not there any more. */
  readonly kind: 'absent' | 'refused' | 'beyond' | 'lost'
  constructor(kind: Refusal['kind']) {
    super(kind)
    this.kind = kind
  }
}
export const isRefusal = (error: unknown, kind: Refusal['kind']): boolean => error instanceof Refusal && error.kind === kind

/** Nobody answered in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
  readonly code = 'ETIMEDOUT'
}

const NETWORK = new Set(
  'ECONNRESET ECONNREFUSED ECONNABORTED ETIMEDOUT EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN EADDRNOTAVAIL UND_ERR_SOCKET UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT ERR_STREAM_PREMATURE_CLOSE'.split(
    ' ',
  ),
)
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/socket hang up|premature close|terminated|aborted/i, 'ECONNRESET'],
  [/fetch failed/i, 'ECONNREFUSED'],
  [/timed? ?out/i, 'ETIMEDOUT'],
]

/** Node's code where the network failed, looked for along the chain of causes. */
export function networkCode(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as NodeJS.ErrnoException
    if (code !== undefined && NETWORK.has(code)) return code
    const within = (e as { errors?: readonly unknown[] }).errors?.map(networkCode).find(c => c !== undefined)
    if (within) return within
  }
  const { message = '' } = error as Error
  return WORDS.find(([word]) => word.test(message))?.[1]
}

/** Statuses that pass by themselves. */
export const passes = (status: number | undefined): boolean => status === 429 || status === 408 || (status !== undefined && status >= 500)

/** The client's error without what it carries along: headers, requests, and whatever else might hold a secret. */
export function bare(error: unknown): Error {
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>
  const clean = new Error(message.split('\n')[0]!.replace(/([?&](?:sig|x-amz-[\w-]*|x-goog-[\w-]*|upload_id)=)[^&\s"']+/gi, '$1…'))
  clean.name = name
  return clean
}
