import type { SecureContextOptions } from 'node:tls'
import { MillraceError } from '../../../errors/index.ts'

/** A key or trust store as it was given: where for messages, its bytes and password. */
export interface StoreFile {
  /** `ssl.truststore.location`, … */
  readonly option: string
  readonly path: string
  readonly bytes: Uint8Array
  readonly password?: string
  /** `ssl.key.password`, where the key has one of its own. */
  readonly keyPassword?: string
}
type Form = 'JKS' | 'PKCS12' | 'PEM'
type Identity = Pick<SecureContextOptions, 'key' | 'cert' | 'pfx' | 'passphrase'>

/** The form of a store by its first bytes: a wrong `ssl.truststore.type` does no harm. */
export function formOf(bytes: Uint8Array): Form | undefined {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (head === 'feedfeed' || head === 'cececece') return 'JKS'
  if (/-----BEGIN [A-Z0-9 ]+-----/.test(Buffer.from(bytes).toString('latin1'))) return 'PEM'
  return bytes[0] === 0x30 ? 'PKCS12' : undefined
}

const unreadable = ({ option, path }: StoreFile, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('KAFKA_STORE_UNREADABLE', { option, path, reason }, cause === undefined ? {} : { cause })

interface Entry {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** The entries of a JKS or PKCS12 store as PEM. */
async function javaEntries(store: StoreFile): Promise<readonly Entry[]> {
  const reader = await import('jks-js').catch((cause: unknown) => {
    throw new MillraceError('MISSING_DEPENDENCY', { package: 'jks-js', for: `reading ${store.path}` }, { cause })
  })
  const { toPem } = 'toPem' in reader ? reader : (reader as { default: typeof reader }).default
  try {
    return Object.values(toPem(Buffer.from(store.bytes), store.password ?? '', store.keyPassword ?? store.password ?? ''))
  } catch (cause) {
    throw unreadable(store, whyUnread(store, cause instanceof Error ? cause.message : ''), cause)
  }
}

function whyUnread(store: StoreFile, said: string): string {
  if (/password|MAC could not be verified/i.test(said))
    return store.password === undefined ? 'it needs a password' : 'the password is wrong'
  if (/reading '0'/.test(said))
    return 'an entry has no name; import it with keytool -importcert -alias NAME, or give the certificates as PEM'
  return said === '' ? 'it is damaged' : said.split('\n')[0]!
}

/** The certificates to trust. */
export async function trusted(store: StoreFile): Promise<string[]> {
  const form = formOf(store.bytes)
  if (form === undefined) throw unreadable(store, 'it is neither JKS nor PKCS12 nor PEM')
  const pem = form === 'PEM' ? [new TextDecoder().decode(store.bytes)] : (await javaEntries(store)).flatMap(e => e.ca ?? e.cert ?? [])
  const found = pem.flatMap(text => text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END [A-Z0-9 ]+-----/g) ?? [])
  if (found.length === 0) throw unreadable(store, 'there is no certificate in it')
  return found
}

/** The client's certificate and key. PKCS12 goes to Node as it is. */
export async function identity(store: StoreFile): Promise<Identity> {
  const form = formOf(store.bytes)
  if (form === undefined) throw unreadable(store, 'it is neither JKS nor PKCS12 nor PEM')
  const passphrase = store.keyPassword ?? store.password
  if (form === 'PEM') {
    const text = new TextDecoder().decode(store.bytes)
    return pemIdentity(store, text, text, passphrase)
  }
  if (form === 'PKCS12') return { pfx: Buffer.from(store.bytes), ...(store.password !== undefined && { passphrase: store.password }) }
  const entry = (await javaEntries(store)).find(e => e.key !== undefined)
  if (!entry) throw unreadable(store, 'there is no private key in it')
  return pemIdentity(store, entry.key!, entry.cert ?? '', undefined)
}

export function pemIdentity(from: Pick<StoreFile, 'option' | 'path'>, key: string, cert: string, passphrase: string | undefined): Identity {
  const keys = key.match(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z0-9 ]+-----/)
  const certs = cert.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  if (!keys) throw unreadable(from as StoreFile, 'there is no private key in it')
  if (!certs) throw unreadable(from as StoreFile, 'there is no certificate in it')
  return { key: keys[0], cert: certs.join('\n'), ...(passphrase !== undefined && { passphrase }) }
}
