import { MillraceError } from '../../errors/index.ts'
import type { FormatOptions } from '../record-mode.ts'

/** How a registry is reached. */
export interface RegistryAccess {
  /** Without a slash at the end. One registry under several addresses: the next is tried when one does not answer. */
  readonly urls: readonly string[]
  /** The value of the header; a secret. */
  readonly authorization?: string
  readonly timeoutMs: number
  readonly retries: number
}
/** Options of from_avro and to_avro with a registry. */
export interface RegistryOptions extends RegistryAccess {
  readonly subject: string
  readonly version: number | 'latest'
  readonly autoRegister: boolean
  /** What a restarted query takes for `latest`: the version its checkpoint began with, or the one that is the latest then. */
  readonly evolution: 'pinned' | 'latest'
}

const OF_REGISTRY = [
  'subject',
  'version',
  'registry',
  'username',
  'password',
  'token',
  'timeout',
  'retries',
  'autoregister',
  'schemaevolution',
]
const OF_AVRO = [
  'mode',
  'avroschema',
  'recursivefieldmaxdepth',
  'enablestableidentifiersforuniontype',
  'stableidentifierprefixforuniontype',
]

const invalid = (option: string, value: string, expected: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, format: 'registry', value, expected })

function whole(o: FormatOptions, key: string, otherwise: number, least: number): number {
  const text = o[key]
  if (text === undefined) return otherwise
  const n = Number(text)
  if (!Number.isInteger(n) || n < least || text.trim() === '') throw invalid(key, text, `a whole number from ${least} on`)
  return n
}

function urlsOf(text: string): readonly string[] {
  return text.split(',').map(part => {
    const url = URL.canParse(part.trim()) ? new URL(part.trim()) : undefined
    if (!url || !/^https?:$/.test(url.protocol))
      throw invalid('registry', part.trim().replace(/\/\/[^/]*@/, '//'), 'a URL such as http://registry:8081')
    if (url.username !== '' || url.password !== '')
      throw invalid('registry', `${url.protocol}//…@${url.host}`, 'a URL without a password: use the options username and password')
    return url.href.replace(/\/+$/, '')
  })
}

function authorization(o: FormatOptions): string | undefined {
  const { username, password, token } = o
  if (token !== undefined && username !== undefined)
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['token', 'username'], format: 'registry', why: 'one of them logs in' })
  if (token !== undefined) return `Bearer ${token}`
  if (username === undefined && password === undefined) return undefined
  if (username === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'username', format: 'registry', describe: 'it goes with password' })
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
}

/** Does a call name a registry? */
export const namesRegistry = (o: FormatOptions): boolean => o['registry'] !== undefined || o['subject'] !== undefined

/**
 * Reads the options of a call with a registry; keys in lower case.
 * @throws INVALID_OPTION, MISSING_OPTION, UNKNOWN_OPTION, CONFLICTING_OPTIONS
 */
export function registryOptions(o: FormatOptions): RegistryOptions {
  for (const key of Object.keys(o)) {
    if (!OF_REGISTRY.includes(key) && !OF_AVRO.includes(key))
      throw new MillraceError('UNKNOWN_OPTION', { option: key, format: 'registry', known: [...OF_REGISTRY, ...OF_AVRO] })
  }
  const needed = (option: string, describe: string): string => {
    if (!o[option]) throw new MillraceError('MISSING_OPTION', { option, format: 'registry', describe })
    return o[option]
  }
  const login = authorization(o)
  const evolution = o['schemaevolution']?.toLowerCase() ?? 'pinned'
  if (evolution !== 'pinned' && evolution !== 'latest') throw invalid('schemaEvolution', evolution, 'pinned or latest')
  return {
    urls: urlsOf(needed('registry', 'the URL of the schema registry, such as http://registry:8081')),
    subject: needed('subject', 'the subject, as a rule the topic’s name and -value'),
    version: o['version'] === undefined || o['version'].toLowerCase() === 'latest' ? 'latest' : whole(o, 'version', 1, 1),
    autoRegister: o['autoregister']?.toLowerCase() === 'true',
    evolution,
    ...(login !== undefined && { authorization: login }),
    timeoutMs: whole(o, 'timeout', 10_000, 1),
    retries: whole(o, 'retries', 3, 0),
  }
}
