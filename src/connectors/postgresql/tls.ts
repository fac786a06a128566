import { createPrivateKey } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { OptionValues } from '../options.ts'
import type { CONNECTION_OPTIONS } from './options.ts'

/** `false` = without TLS. */
export type TlsChoice = false | ConnectionOptions
type Values = Pick<OptionValues<typeof CONNECTION_OPTIONS>, 'ssl' | 'sslmode' | 'sslrootcert' | 'sslcert' | 'sslkey' | 'sslpassword'>

/** How each `sslmode` goes about it, in the order to try; `true` = with TLS. */
const ORDER: Readonly<Record<string, readonly boolean[]>> = {
  disable: [false],
  allow: [false, true],
  prefer: [true, false],
  require: [true],
  'verify-ca': [true],
  'verify-full': [true],
}

/** What to try, in order. Files are read now, so that a missing one is told before anything is opened. @throws POSTGRES_TLS_FILE */
export async function tlsChoices(values: Values, platform: Platform): Promise<readonly TlsChoice[]> {
  const mode = values.ssl && values.sslmode === 'prefer' ? 'verify-full' : values.sslmode
  const order = ORDER[mode]!
  if (!order.includes(true)) return [false]
  const tls = await tlsOptions(mode, values, platform)
  return order.map(secure => secure && tls)
}

async function tlsOptions(mode: string, values: Values, platform: Platform): Promise<ConnectionOptions> {
  const read = (option: string, path: string): Promise<Buffer> =>
    platform.files.read(path).then(
      bytes => Buffer.from(bytes),
      cause => {
        throw new MillraceError('POSTGRES_TLS_FILE', { option, path, reason: (cause as Error).message }, { cause })
      },
    )
  const ca = values.sslrootcert === undefined ? undefined : await read('sslrootcert', values.sslrootcert)
  const cert = values.sslcert === undefined ? undefined : await read('sslcert', values.sslcert)
  const key = values.sslkey === undefined ? undefined : keyOf(values.sslkey, await read('sslkey', values.sslkey), values.sslpassword)
  // As libpq has it: who names an authority wants it asked.
  const verifies = mode.startsWith('verify') || (mode === 'require' && ca !== undefined)
  return {
    rejectUnauthorized: verifies,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...key,
  }
}

function keyOf(path: string, bytes: Buffer, password: string | undefined): Pick<ConnectionOptions, 'key' | 'pfx' | 'passphrase'> {
  const passphrase = password === undefined ? {} : { passphrase: password }
  if (/\.(p12|pfx)$/i.test(path)) return { pfx: bytes, ...passphrase }
  if (bytes.includes('-----BEGIN')) return { key: bytes, ...passphrase }
  try {
    const key = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8', ...passphrase })
    return { key: key.export({ format: 'pem', type: 'pkcs8' }) }
  } catch (cause) {
    throw new MillraceError(
      'POSTGRES_TLS_FILE',
      { option: 'sslkey', path, reason: 'it is neither PEM nor PKCS8 that sslpassword opens' },
      { cause },
    )
  }
}
