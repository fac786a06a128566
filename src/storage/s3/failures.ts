import { networkCode, passes, type Verdict } from '../remote/failure.ts'

/** What an error of the S3 client carries. */
interface S3Error {
  readonly name?: string
  readonly message?: string
  readonly Code?: string
  readonly Region?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

type Of = (code: string, error: S3Error, region: string) => Verdict
const again: Of = code => ({ kind: 'again', code, unreachable: false })
const denied: Of = code => ({ kind: 'denied', code })
const unclear: Of = code => ({ kind: 'denied', code, maybeExpired: true })
const expired: Of = code => ({ kind: 'expired', code })
const elsewhere: Of = (_, error, region) => {
  const expected =
    error.Region ?? error.$response?.headers?.['x-amz-bucket-region'] ?? /expecting '([\w-]+)'/.exec(error.message ?? '')?.[1]
  return { kind: 'wrong-region', region, ...(expected !== undefined && { expected }) }
}

const BY_CODE: Readonly<Record<string, Of>> = {
  NoSuchKey: () => ({ kind: 'absent' }),
  NotFound: () => ({ kind: 'absent' }),
  NoSuchUpload: () => ({ kind: 'absent' }),
  NoSuchBucket: () => ({ kind: 'no-bucket' }),
  PreconditionFailed: () => ({ kind: 'refused' }),
  InvalidRange: () => ({ kind: 'beyond' }),
  ConditionalRequestConflict: again,
  OperationAborted: again,
  SlowDown: again,
  RequestTimeout: again,
  InternalError: again,
  ServiceUnavailable: again,
  ThrottlingException: again,
  RequestLimitExceeded: again,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  InvalidToken: expired,
  AccessDenied: denied,
  InvalidAccessKeyId: denied,
  SignatureDoesNotMatch: denied,
  AllAccessDisabled: denied,
  // Versity's word, with status 404
  XAdminUserNotFound: denied,
  AccountProblem: denied,
  RequestTimeTooSkewed: denied,
  AuthorizationHeaderMalformed: elsewhere,
  PermanentRedirect: elsewhere,
  IllegalLocationConstraintException: elsewhere,
  IncorrectEndpoint: elsewhere,
  CredentialsProviderError: (_, { message = '' }) => ({ kind: 'no-credentials', reason: message.split('\n')[0]! }),
  TokenProviderError: (_, { message = '' }) => ({ kind: 'no-credentials', reason: message.split('\n')[0]! }),
}
/** Where an answer has no body, as to HEAD, only its status speaks. */
const BY_STATUS: Readonly<Record<number, Of>> = {
  301: elsewhere,
  307: elsewhere,
  400: unclear,
  401: unclear,
  403: unclear,
  404: () => ({ kind: 'absent' }),
  409: again,
  412: () => ({ kind: 'refused' }),
  416: () => ({ kind: 'beyond' }),
}
const BODILESS = new Set(['UnknownError', 'Unknown', 'Forbidden', 'BadRequest', 'Redirect', '301', '400', '403', '412', 'Error'])

export function judgeS3(error: unknown, region: string): Verdict {
  const { name = '', Code, code, $metadata } = (error ?? {}) as S3Error
  const status = $metadata?.httpStatusCode
  const called = Code ?? name
  const of = Object.hasOwn(BY_CODE, called) ? BY_CODE[called] : undefined
  if (of) return of(called, error as S3Error, region)
  if (passes(status)) return again(called === '' || BODILESS.has(called) ? `status ${status}` : called, {}, region)
  if (status !== undefined && status !== 200 && BODILESS.has(called) && BY_STATUS[status])
    return BY_STATUS[status](`status ${status}`, error as S3Error, region)
  if (status === 401 || status === 403) return denied(called, {}, region)
  const network = networkCode(error) ?? (name === 'TimeoutError' ? 'ETIMEDOUT' : undefined)
  if (network !== undefined && (status === undefined || status === 200)) return { kind: 'again', code: network, unreachable: true }
  return { kind: 'other', code: code ?? (called || `status ${status}`) }
}
