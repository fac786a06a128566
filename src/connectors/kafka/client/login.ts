import type { SASLOptions } from '@platformatic/kafka'
import { MillraceError } from '../../../errors/index.ts'
import type { Clock } from '../../../platform/index.ts'
import { type TokenProvider, tokenFrom } from '../../token-providers.ts'
import { type JaasLogin, parseJaas } from './jaas.ts'
import { clientCredentialsToken, unsecuredToken } from './oauth.ts'

/** What was set about logging in, wherever it was set. Holds secrets. */
export interface LoginSettings {
  readonly mechanism?: string
  readonly jaas?: string
  readonly username?: string
  readonly password?: string
  readonly tokenProvider?: string
  readonly tokenUrl?: string
  readonly timeoutMs: number
}
type Mechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER'

const MODULES: Readonly<Record<Mechanism, string>> = {
  PLAIN: 'PlainLoginModule',
  'SCRAM-SHA-256': 'ScramLoginModule',
  'SCRAM-SHA-512': 'ScramLoginModule',
  OAUTHBEARER: 'OAuthBearerLoginModule',
}
const invalid = (option: string, reason: string): MillraceError => new MillraceError('KAFKA_LOGIN_INVALID', { option, reason })

/** The login in the library's own shape. */
export function loginOf(settings: LoginSettings, clock: Clock): SASLOptions {
  const mechanism = settings.mechanism as Mechanism | undefined
  if (mechanism === undefined) throw invalid('sasl.mechanism', 'it is missing; give PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER')
  const jaas = settings.jaas === undefined ? undefined : parseJaas(settings.jaas)
  if (jaas && jaas.module !== MODULES[mechanism]) {
    throw invalid('sasl.jaas.config', `${jaas.module} does not go with sasl.mechanism ${mechanism}, which needs ${MODULES[mechanism]}`)
  }
  return mechanism === 'OAUTHBEARER' ? tokenLogin(settings, jaas, clock) : passwordLogin(mechanism, settings, jaas)
}

function passwordLogin(mechanism: Mechanism, settings: LoginSettings, jaas: JaasLogin | undefined): SASLOptions {
  const username = jaas?.options['username'] ?? settings.username
  const password = jaas?.options['password'] ?? settings.password
  if (username === undefined || password === undefined) {
    throw invalid('sasl.jaas.config', `${username === undefined ? 'username' : 'password'} is missing for ${mechanism}`)
  }
  return { mechanism, username, password }
}

function tokenLogin(settings: LoginSettings, jaas: JaasLogin | undefined, clock: Clock): SASLOptions {
  const extensions = Object.entries(jaas?.options ?? {}).flatMap(([name, value]): [string, string][] => {
    const m = /^(?:extension_|unsecuredLoginExtension_)(.+)$/.exec(name)
    return m ? [[m[1]!, value]] : []
  })
  return {
    mechanism: 'OAUTHBEARER',
    token: tokenSource(settings, jaas, clock),
    ...(extensions.length > 0 && { oauthBearerExtensions: Object.fromEntries(extensions) }),
  }
}

function tokenSource({ tokenProvider, tokenUrl, timeoutMs }: LoginSettings, jaas: JaasLogin | undefined, clock: Clock): TokenProvider {
  if (tokenProvider !== undefined) return tokenFrom(tokenProvider)
  if (tokenUrl === undefined) {
    if (jaas) return unsecuredToken(jaas.options, clock)
    throw invalid(
      'sasl.mechanism',
      'OAUTHBEARER needs the option tokenProvider, or kafka.sasl.oauthbearer.token.endpoint.url with kafka.sasl.jaas.config',
    )
  }
  const { clientId, clientSecret, scope } = jaas?.options ?? {}
  if (clientId === undefined || clientSecret === undefined) {
    throw invalid('sasl.jaas.config', 'OAuthBearerLoginModule needs clientId and clientSecret for the token endpoint')
  }
  return clientCredentialsToken({ url: tokenUrl, clientId, clientSecret, timeoutMs, ...(scope !== undefined && { scope }) })
}
