import { networkCode, passes, type Verdict } from '../remote/failure.ts'

/** What an error of the Cloud Storage client carries. */
interface GcsError {
  readonly message?: string
  readonly code?: number | string
  readonly status?: number
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[]
  readonly response?: { readonly status?: number }
}

type Of = (code: string, error: GcsError) => Verdict
const denied: Of = code => ({ kind: 'denied', code })
const BY_STATUS: Readonly<Record<number, Of>> = {
  304: () => ({ kind: 'refused' }),
  401: code => ({ kind: 'expired', code }),
  403: denied,
  404: (_, { message = '' }) => (/bucket does not exist|bucket.*not found/i.test(message) ? { kind: 'no-bucket' } : { kind: 'absent' }),
  410: () => ({ kind: 'absent' }),
  412: () => ({ kind: 'refused' }),
  416: () => ({ kind: 'beyond' }),
}

export function judgeGcs(error: unknown): Verdict {
  const { code, status, response, errors, message = '' } = (error ?? {}) as GcsError
  const answered = [code, status, response?.status].map(Number).find(n => n >= 300 && n < 600)
  const reason = errors?.find(e => e.reason !== undefined)?.reason ?? `status ${answered}`
  if (answered !== undefined) {
    if (passes(answered)) return { kind: 'again', code: reason, unreachable: false }
    return BY_STATUS[answered]?.(reason, error as GcsError) ?? { kind: 'other', code: reason }
  }
  if (
    /could not load the default credentials|could not refresh access token|unable to detect a project|no such file|invalid_grant/i.test(
      message,
    )
  )
    return { kind: 'no-credentials', reason: message.split('\n')[0]! }
  const network = networkCode(error)
  if (network !== undefined) return { kind: 'again', code: network, unreachable: true }
  return { kind: 'other', code: String(code ?? message.split('\n')[0]) }
}
