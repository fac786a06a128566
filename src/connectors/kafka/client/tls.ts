import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { MillraceError } from '../../../errors/index.ts'
import type { Files } from '../../../platform/index.ts'
import type { ClientConfig } from './contract.ts'
import { identity, pemIdentity, type StoreFile, trusted } from './key-store.ts'

/** What was set about TLS, Java's names and librdkafka's together. Holds secrets. */
export interface TlsSettings {
  readonly truststore?: string
  readonly truststorePassword?: string
  /** PEM, inline. */
  readonly truststorePem?: string
  readonly keystore?: string
  readonly keystorePassword?: string
  readonly keyPassword?: string
  /** PEM, inline. */
  readonly chainPem?: string
  readonly keyPem?: string
  /** librdkafka: certificate and key in files of their own. */
  readonly certificateFile?: string
  readonly keyFile?: string
  readonly checkHost: boolean
  readonly protocols: string
  readonly ciphers?: string
}

type Tls = NonNullable<ClientConfig['tls']>
type Version = 'TLSv1.2' | 'TLSv1.3'

/** A PEM text given as one line, with `\n` written out, as properties files need it. */
const unfolded = (pem: string): string =>
  pem.replaceAll('\\n', '\n').replaceAll(/(-----BEGIN [A-Z0-9 ]+-----) | (-----END [A-Z0-9 ]+-----)/g, '$1\n$2')

async function load(files: Files, option: string, path: string): Promise<Pick<StoreFile, 'option' | 'path' | 'bytes'>> {
  try {
    return { option, path, bytes: await files.read(path) }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
    throw new MillraceError('KAFKA_STORE_UNREADABLE', { option, path, reason }, { cause })
  }
}

async function trust(s: TlsSettings, files: Files): Promise<SecureContextOptions> {
  if (s.truststorePem !== undefined) {
    const bytes = new TextEncoder().encode(unfolded(s.truststorePem))
    return { ca: await trusted({ option: 'ssl.truststore.certificates', path: '(inline)', bytes }) }
  }
  if (s.truststore === undefined) return {}
  const store = await load(files, 'ssl.truststore.location', s.truststore)
  return { ca: await trusted({ ...store, ...(s.truststorePassword !== undefined && { password: s.truststorePassword }) }) }
}

async function self(s: TlsSettings, files: Files): Promise<SecureContextOptions> {
  if (s.keystore !== undefined) {
    const store = await load(files, 'ssl.keystore.location', s.keystore)
    const password = s.keystorePassword !== undefined && { password: s.keystorePassword }
    return identity({ ...store, ...password, ...(s.keyPassword !== undefined && { keyPassword: s.keyPassword }) })
  }
  const text = async (inline: string | undefined, option: string, path: string | undefined): Promise<string | undefined> =>
    inline !== undefined ? unfolded(inline) : path && new TextDecoder().decode((await load(files, option, path)).bytes)
  const chain = await text(s.chainPem, 'ssl.certificate.location', s.certificateFile)
  const key = await text(s.keyPem, 'ssl.key.location', s.keyFile)
  if (chain === undefined && key === undefined) return {}
  const from = { option: 'ssl.keystore.key', path: s.keyFile ?? '(inline)' }
  return pemIdentity(from, key ?? '', chain ?? '', s.keyPassword)
}

/** TLS settings in Node's shape, tried out: a wrong password is told before anything connects. */
export async function tlsOf(s: TlsSettings, files: Files): Promise<Tls> {
  const versions = s.protocols
    .split(',')
    .map(v => v.trim())
    .filter(v => v !== '')
    .sort()
  const context: SecureContextOptions = {
    ...(await trust(s, files)),
    ...(await self(s, files)),
    ...(versions.length > 0 && { minVersion: versions[0] as Version, maxVersion: versions.at(-1) as Version }),
    ...(s.ciphers !== undefined && { ciphers: s.ciphers.replaceAll(/\s*,\s*/g, ':') }),
  }
  try {
    createSecureContext(context)
  } catch (cause) {
    const reason = /mac verify|bad decrypt|passphrase|password/i.test((cause as Error).message)
      ? 'the password is wrong or missing'
      : (cause as Error).message
    const option = s.keystore !== undefined ? 'ssl.keystore.location' : 'ssl.*'
    throw new MillraceError('KAFKA_STORE_UNREADABLE', { option, path: s.keystore ?? s.keyFile ?? '(inline)', reason }, { cause })
  }
  return { ...context, ...(!s.checkHost && { checkServerIdentity: () => undefined }) }
}
