import { MillraceError } from '../errors/index.ts'

/** Fetches a token for SASL OAUTHBEARER; called for every connection and again before a token runs out. */
export type TokenProvider = () => string | Promise<string>

const providers = new Map<string, TokenProvider>()

/**
 * Gives a function that fetches OAUTHBEARER tokens a name, under which the option `tokenProvider` of `format('kafka')` finds it
 * (options are texts, also in a plan that is printed and read back). A later function of the same name takes its place.
 * The query fails with KAFKA_TOKEN_PROVIDER where the name is not known or the function throws. Spark's counterpart is the Java class
 * of `sasl.login.callback.handler.class`.
 *
 * @example
 * registerTokenProvider('idp', async () => (await fetch('https://idp.example/token')).text())
 * session.readStream.format('kafka').option('tokenProvider', 'idp').option('kafka.sasl.mechanism', 'OAUTHBEARER')
 */
export function registerTokenProvider(name: string, provider: TokenProvider): void {
  providers.set(name, provider)
}

/** The function of that name, looked up when a token is needed. */
export function tokenFrom(registered: string): TokenProvider {
  const name = `the provider "${registered}"`
  return async () => {
    const provider = providers.get(registered)
    if (!provider) throw new MillraceError('KAFKA_TOKEN_PROVIDER', { name, reason: 'nobody registered it', passing: false })
    let token: unknown
    try {
      token = await provider()
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new MillraceError('KAFKA_TOKEN_PROVIDER', { name, reason, passing: true }, { cause })
    }
    if (typeof token === 'string' && token !== '') return token
    throw new MillraceError('KAFKA_TOKEN_PROVIDER', { name, reason: 'it gave no text', passing: false })
  }
}
