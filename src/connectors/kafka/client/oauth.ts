import { MillraceError } from '../../../errors/index.ts'
import type { Clock } from '../../../platform/index.ts'
import type { TokenProvider } from '../../token-providers.ts'
import type { JaasLogin } from './jaas.ts'

/** An OAuth client that may ask for a token of its own. */
interface ClientCredentials {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  readonly timeoutMs: number
}

const failed = (url: string, reason: string, passing: boolean, cause?: unknown): MillraceError =>
  new MillraceError('KAFKA_TOKEN_PROVIDER', { name: shown(url), reason, passing }, cause === undefined ? {} : { cause })

/** Where a token comes from: with what an address may carry besides (a user, a query) left out. */
const shown = (url: string): string => (URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : 'the token endpoint')

/** Asks a token endpoint by OAuth's client-credentials grant, as Java's OAuthBearerLoginCallbackHandler does. */
export function clientCredentialsToken({ url, clientId, clientSecret, scope, timeoutMs }: ClientCredentials): TokenProvider {
  return async () => {
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }).toString()
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) }).catch((cause: Error) => {
      const { message } = (cause.cause as Error | undefined) ?? cause
      throw failed(url, cause.name === 'TimeoutError' ? 'no answer in time' : message, true, cause)
    })
    if (!answer.ok) throw failed(url, `status ${answer.status}`, answer.status >= 500 || answer.status === 429)
    const { access_token: token } = (await answer.json().catch(() => ({}))) as { access_token?: unknown }
    if (typeof token !== 'string' || token === '') throw failed(url, 'the answer has no access_token', false)
    return token
  }
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Java's unsecured token for trying things out: claims without a signature. */
export function unsecuredToken(options: JaasLogin['options'], clock: Clock): TokenProvider {
  const lifetime = Number(options['unsecuredLoginLifetimeSeconds'] ?? 3600)
  const principalClaim = options['unsecuredLoginPrincipalClaimName'] ?? 'sub'
  const claims = Object.entries(options).flatMap(([name, value]): [string, unknown][] => {
    const m = /^unsecuredLogin(String|Number|List)Claim_(.+)$/.exec(name)
    if (!m) return []
    if (m[1] === 'Number') return [[m[2]!, Number(value)]]
    return [[m[2]!, m[1] === 'List' ? value.slice(1).split(value[0]!) : value]]
  })
  if (!claims.some(([name]) => name === principalClaim)) {
    const reason = `OAuthBearerLoginModule needs unsecuredLoginStringClaim_${principalClaim}, or clientId and clientSecret with kafka.sasl.oauthbearer.token.endpoint.url`
    throw new MillraceError('KAFKA_LOGIN_INVALID', { option: 'sasl.jaas.config', reason })
  }
  return () => {
    const iat = clock.now() / 1000
    return `${base64url({ alg: 'none' })}.${base64url({ iat, exp: iat + lifetime, ...Object.fromEntries(claims) })}.`
  }
}
