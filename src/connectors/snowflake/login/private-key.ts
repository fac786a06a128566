import { createHash, createPrivateKey, createPublicKey, createSign, type KeyObject } from 'node:crypto'
import { MillraceError } from '../../../errors/index.ts'
import type { Files } from '../../../platform/index.ts'

const LABELS = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY'] as const
const refuse = (problem: string): MillraceError => new MillraceError('SNOWFLAKE_PRIVATE_KEY', { problem })

/**
 * The key of a key-pair login, from PEM text (also with its line breaks lost or written as \n), bare base64, or a file with either.
 *
 * @throws SNOWFLAKE_PRIVATE_KEY; no message shows any of the key
 */
export async function privateKey(given: string, passphrase: string | undefined, files: Files): Promise<KeyObject> {
  const text = isKeyText(given) ? given : await fileText(given.trim(), files)
  const key = keyOf(text, passphrase)
  if (key.asymmetricKeyType !== 'rsa') throw refuse(`it is a key of type ${key.asymmetricKeyType}, Snowflake takes RSA`)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < 2048) throw refuse(`it has ${bits} bits, Snowflake takes 2048 or more`)
  return key
}

const isPem = (text: string): boolean => text.includes('-----BEGIN')
/** A path is neither long nor without a sign that base64 lacks. */
const isBase64 = (text: string): boolean => text.length > 200 && /^[A-Za-z0-9+/=\s]+$/.test(text)
const isKeyText = (text: string): boolean => isPem(text) || isBase64(text)

async function fileText(path: string, files: Files): Promise<string> {
  let text: string
  try {
    text = new TextDecoder().decode(await files.read(path))
  } catch (cause) {
    // What is no path at all may be a key: it is not repeated.
    const code = (cause as NodeJS.ErrnoException).code ?? 'error'
    throw refuse(`it is neither PEM nor base64, and no file can be read under it (${code})`)
  }
  if (!isKeyText(text)) throw refuse(`the file has no PEM text and no base64 in it`)
  return text
}

function keyOf(text: string, passphrase: string | undefined): KeyObject {
  const candidates = isPem(text) ? [pemOf(text)] : LABELS.map(label => wrapped(label, text))
  let problem: unknown
  for (const pem of candidates) {
    if (pem.includes('ENCRYPTED') && passphrase === undefined) {
      problem ??= 'it is encrypted: pem_private_key_passphrase is needed'
      continue
    }
    try {
      return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
    } catch (error) {
      problem = /decrypt|password|passphrase/i.test((error as Error).message)
        ? 'pem_private_key_passphrase does not open it'
        : (problem ?? error)
    }
  }
  throw refuse(typeof problem === 'string' ? problem : 'it cannot be read as PKCS8 or PKCS1')
}

/** One key with its line breaks in place. */
function pemOf(text: string): string {
  const m = /-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END \1-----/.exec(text.replaceAll('\\n', '\n'))
  if (!m) throw refuse('its lines BEGIN and END do not go together')
  if (!(LABELS as readonly string[]).includes(m[1]!)) throw refuse(`it is a "${m[1]}"`)
  // Headers such as DEK-Info belong to the old encrypted form and are kept.
  return /:/.test(m[2]!) ? m[0] : wrapped(m[1]!, m[2]!)
}

const wrapped = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64
    .replaceAll(/\s+/g, '')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`

/** As RSA_PUBLIC_KEY_FP of DESCRIBE USER shows it: `SHA256:…`. */
export function fingerprint(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`
}

/** What an account calls itself in a token: upper case, without region. */
const accountLabel = (account: string): string => account.split('.')[0]!.toUpperCase()
const LIVES_SECONDS = 3540
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A key-pair token (RS256), good for an hour at most. */
export function keyPairToken(key: KeyObject, login: { readonly account: string; readonly user: string }, nowMs: number): string {
  const name = `${accountLabel(login.account)}.${login.user.toUpperCase()}`
  const now = Math.floor(nowMs / 1000)
  const claims = { iss: `${name}.${fingerprint(key)}`, sub: name, iat: now, exp: now + LIVES_SECONDS }
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`
}
