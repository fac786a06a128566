import { networkCode, passes, type Verdict } from '../remote/failure.ts'

/** What an error of the Blob Storage client carries. */
interface AzureError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly statusCode?: number
  readonly details?: { readonly errorCode?: string }
}

type Of = (code: string) => Verdict
const refused: Of = () => ({ kind: 'refused' })
const again: Of = code => ({ kind: 'again', code, unreachable: false })
const BY_CODE: Readonly<Record<string, Of>> = {
  BlobNotFound: () => ({ kind: 'absent' }),
  ContainerNotFound: () => ({ kind: 'no-bucket' }),
  ContainerBeingDeleted: () => ({ kind: 'no-bucket' }),
  // both mean that somebody was first
  BlobAlreadyExists: refused,
  ConditionNotMet: refused,
  TargetConditionNotMet: refused,
  UnauthorizedBlobOverwrite: refused,
  InvalidRange: () => ({ kind: 'beyond' }),
  ServerBusy: again,
  InternalError: again,
  OperationTimedOut: again,
}
const BY_STATUS: Readonly<Record<number, Of>> = {
  304: refused,
  401: code => ({ kind: 'expired', code }),
  403: code => ({ kind: 'denied', code }),
  404: () => ({ kind: 'absent' }),
  412: refused,
  416: () => ({ kind: 'beyond' }),
}

export function judgeAzure(error: unknown): Verdict {
  const { name = '', message = '', code, statusCode, details } = (error ?? {}) as AzureError
  const called = details?.errorCode ?? code ?? ''
  const of = Object.hasOwn(BY_CODE, called) ? BY_CODE[called] : undefined
  if (of) return of(called)
  const status = statusCode
  const told = called === '' ? `status ${status}` : called
  if (passes(status)) return again(told)
  if (status !== undefined) return BY_STATUS[status]?.(told) ?? { kind: 'other', code: told }
  if (/CredentialUnavailableError|AuthenticationError|AggregateAuthenticationError|AuthenticationRequiredError/.test(name))
    return { kind: 'no-credentials', reason: message.split('\n')[0]! }
  const network = networkCode(error)
  if (network !== undefined) return { kind: 'again', code: network, unreachable: true }
  return { kind: 'other', code: called || name }
}
