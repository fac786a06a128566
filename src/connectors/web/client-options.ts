import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { OptionSpec } from '../contract.ts'
import { HttpClient } from './client.ts'
import { identityFiles, pemFile } from './tls-files.ts'

/** Options of whatever speaks to a server: who one is, and how long one waits. */
export const clientOptions = <const S extends OptionSpec['side']>(side: S) =>
  ({
    bearerToken: { type: 'string', describe: 'Sent as `Authorization: Bearer …`.', side, secret: true, example: 'your-token' },
    user: { type: 'string', describe: 'Sent with `password` as `Authorization: Basic …`.', side, example: 'alice' },
    password: { type: 'string', describe: 'Belongs to `user`.', side, secret: true, example: 'your-password' },
    'header.*': { type: 'string', describe: 'Further headers: `header.X-Api-Key`. Their values are never shown.', side, secret: true },
    caFile: { type: 'string', describe: 'A PEM file with the authorities to trust instead of the usual ones.', side, example: 'ca.pem' },
    certFile: { type: 'string', describe: "A PEM file with the client's own certificate.", side, example: 'client.pem' },
    keyFile: { type: 'string', describe: 'A PEM file with its key.', side, example: 'client.key' },
    keyPassphrase: { type: 'string', describe: 'Opens the key where it is encrypted.', side, secret: true, example: 'your-passphrase' },
    timeout: { type: 'interval', describe: 'How long one attempt may take.', side, default: '30 seconds' },
  }) as const

export interface ClientValues {
  readonly bearerToken?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly 'header.*': Readonly<Record<string, string>>
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly keyPassphrase?: string | undefined
}

/** The headers that say who one is, and those a person adds. @throws CONFLICTING_OPTIONS, MISSING_OPTION, INVALID_OPTION */
export function headersOf(values: ClientValues, format: string): Readonly<Record<string, string>> {
  const { bearerToken, user, password } = values
  const own = Object.fromEntries(Object.entries(values['header.*']).map(([name, value]) => [name.toLowerCase(), value]))
  for (const [name, value] of Object.entries(own)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || /[\r\n\0]|[^\x20-\x7e\x80-\xff\t]/.test(value)) {
      throw new MillraceError('INVALID_OPTION', { option: `header.${name}`, format, value: '…', expected: 'a header as HTTP allows it' })
    }
  }
  const ways = [
    bearerToken !== undefined && 'bearerToken',
    user !== undefined && 'user',
    own['authorization'] !== undefined && 'header.Authorization',
  ]
  const given = ways.filter(way => way !== false)
  if (given.length > 1) throw new MillraceError('CONFLICTING_OPTIONS', { options: given, format, why: 'a request has one Authorization' })
  if ((user === undefined) !== (password === undefined)) {
    const [option, describe] = user === undefined ? ['user', 'It belongs to the password.'] : ['password', 'It belongs to the user.']
    throw new MillraceError('MISSING_OPTION', { option: option!, format, describe: describe! })
  }
  if (bearerToken !== undefined) return { ...own, authorization: `Bearer ${bearerToken}` }
  return user === undefined ? own : { ...own, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

/** What must never be seen in a message. */
export const secretsOf = (values: ClientValues): readonly string[] =>
  [values.bearerToken, values.password, ...Object.values(values['header.*'])].filter(s => s !== undefined)

/** The client, with what its files hold. @throws HTTP_FILE_UNREADABLE, MISSING_OPTION */
export async function openClient(values: ClientValues, format: string, { files, clock }: Platform): Promise<HttpClient> {
  const { caFile, certFile, keyFile, keyPassphrase } = values
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const option = certFile === undefined ? 'certFile' : 'keyFile'
    throw new MillraceError('MISSING_OPTION', { option, format, describe: 'A certificate and its key go together.' })
  }
  const names = { cert: 'certFile', key: 'keyFile' }
  const identity =
    certFile === undefined ? {} : await identityFiles(files, names, { cert: certFile, key: keyFile!, passphrase: keyPassphrase })
  const ca = caFile === undefined ? {} : { ca: Buffer.from(await pemFile(files, 'caFile', caFile)) }
  return new HttpClient({ ...identity, ...ca }, clock)
}

/** An address given by option or as the path of the read or write. @throws HTTP_URL, MISSING_OPTION, CONFLICTING_OPTIONS */
export function urlOf(
  option: string | undefined,
  paths: readonly string[],
  format: string,
  protocols: readonly string[] = ['http:', 'https:'],
): URL {
  if (option !== undefined && paths.length > 0) {
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['url', 'path'], format, why: 'both say where' })
  }
  const text = option ?? paths[0]
  const expected = `a URL that begins with ${protocols.map(p => `${p}//`).join(' or ')}`
  if (text === undefined) throw new MillraceError('MISSING_OPTION', { option: 'url', format, describe: `Where: ${expected}.` })
  if (!URL.canParse(text)) throw new MillraceError('HTTP_URL', { url: text.replace(/\?.*$|\/\/[^/]*@/s, ''), expected })
  const url = new URL(text)
  if (!protocols.includes(url.protocol))
    throw new MillraceError('HTTP_URL', { url: `${url.protocol}//${url.host}${url.pathname}`, expected })
  if (url.username !== '' || url.password !== '') {
    throw new MillraceError('HTTP_URL', {
      url: `${url.protocol}//…@${url.host}${url.pathname}`,
      expected: 'a URL without credentials: give them as "user" and "password"',
    })
  }
  return url
}
