import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a signature is looked at with. Header names in lower case. */
export interface Signed {
  readonly header: (name: string) => string | undefined
  readonly body: Uint8Array
  readonly nowMs: number
  readonly toleranceMs: number
}

/** How a service signs. `sent`: the signatures that came (any may be good), what they are of, and when. Undefined = the headers are not there. */
interface Scheme {
  readonly sent: (request: Signed) => Sent | undefined
  readonly encoding: 'hex' | 'base64'
  /** The key, where the secret is not the key itself. */
  readonly key?: (secret: string) => Uint8Array
}
interface Sent {
  readonly signatures: readonly string[]
  /** Put in front of the body. */
  readonly prefix?: string
  /** Seconds since the epoch, where the signature is of a time too. */
  readonly seconds?: number
}

/** `t=1,v1=abc,v1=def` as pairs. */
const pairs = (text: string, separator: string): readonly (readonly [string, string])[] =>
  text.split(separator).flatMap(part => {
    const at = part.indexOf('=')
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const]
  })

function github({ header }: Signed): Sent | undefined {
  const found = /^sha256=([0-9a-f]+)$/i.exec(header('x-hub-signature-256') ?? '')
  return found ? { signatures: [found[1]!.toLowerCase()] } : undefined
}

function stripe({ header }: Signed): Sent | undefined {
  const parts = pairs(header('stripe-signature') ?? '', ',')
  const time = parts.find(([name]) => name === 't')?.[1]
  const signatures = parts.filter(([name]) => name === 'v1').map(([, value]) => value.toLowerCase())
  return time === undefined ? undefined : { signatures, prefix: `${time}.`, seconds: Number(time) }
}

function slack({ header }: Signed): Sent | undefined {
  const time = header('x-slack-request-timestamp')
  const found = /^v0=([0-9a-f]+)$/i.exec(header('x-slack-signature') ?? '')
  return time === undefined || !found ? undefined : { signatures: [found[1]!.toLowerCase()], prefix: `v0:${time}:`, seconds: Number(time) }
}

function shopify({ header }: Signed): Sent | undefined {
  const sent = header('x-shopify-hmac-sha256')
  return sent === undefined ? undefined : { signatures: [sent] }
}

/** Standard Webhooks: several signatures with their version, separated by blanks. */
function standard({ header }: Signed): Sent | undefined {
  const [id, time] = [header('webhook-id'), header('webhook-timestamp')]
  if (id === undefined || time === undefined) return undefined
  const signatures = (header('webhook-signature') ?? '').split(' ').flatMap(part => (part.startsWith('v1,') ? [part.slice(3)] : []))
  return { signatures, prefix: `${id}.${time}.`, seconds: Number(time) }
}

/** How services sign what they send: HMAC with SHA-256, each with headers of its own. */
export const SCHEMES = {
  github: { sent: github, encoding: 'hex' },
  stripe: { sent: stripe, encoding: 'hex' },
  slack: { sent: slack, encoding: 'hex' },
  shopify: { sent: shopify, encoding: 'base64' },
  standard: { sent: standard, encoding: 'base64', key: secret => Buffer.from(secret.replace(/^whsec_/, ''), 'base64') },
} as const satisfies Record<string, Scheme>
export type SchemeName = keyof typeof SCHEMES

/** Equal, in a time that does not tell where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Why a request's signature does not count; undefined = it does. */
export function signatureProblem(name: SchemeName, secrets: readonly string[], request: Signed): string | undefined {
  const scheme: Scheme = SCHEMES[name]
  const sent = scheme.sent(request)
  if (!sent || sent.signatures.length === 0) return 'no signature'
  const { seconds, prefix = '' } = sent
  // Not a number is never within the tolerance.
  if (seconds !== undefined && !(Math.abs(request.nowMs - seconds * 1000) <= request.toleranceMs)) return 'the signature is too old'
  const expected = secrets.map(secret =>
    createHmac('sha256', scheme.key?.(secret) ?? secret)
      .update(prefix)
      .update(request.body)
      .digest(scheme.encoding),
  )
  // All are compared, whichever is good.
  const good = expected.flatMap(mine => sent.signatures.map(theirs => sameSecret(mine, theirs))).includes(true)
  return good ? undefined : 'the signature is wrong'
}
