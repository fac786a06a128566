import type { KeyObject } from 'node:crypto'
import { MillraceError } from '../../../errors/index.ts'
import { zoneOffset } from '../../../types/index.ts'
import type { ConnectorContext } from '../../contract.ts'
import { type OptionUse, type OptionValues, readOptions, warnOfIdle } from '../../options.ts'
import { SNOWFLAKE_OPTIONS } from '../options.ts'
import { type ObjectName, objectName, single } from '../sql/names.ts'
import { fingerprint, privateKey } from './private-key.ts'

/** How to prove who one is. Never printed. */
export type Proof =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }

/** Where and as whom to log in. */
export interface Login {
  /** `https://host[:port]` */
  readonly url: string
  readonly account: string
  readonly user: string
  readonly proof: Proof
  /** Of the public key, where a key proves it. */
  readonly fingerprint?: string
  readonly database: string
  readonly schema: string
  readonly warehouse: string | undefined
  readonly role: string | undefined
}

export type SnowflakeValues = OptionValues<typeof SNOWFLAKE_OPTIONS>
export interface SnowflakeSettings {
  readonly login: Login
  readonly values: SnowflakeValues
  readonly table: ObjectName | undefined
  /** In which a timestamp stands in a column without a zone. */
  readonly timeZone: string
}

const FORMAT = 'snowflake'

/** Reads the options and the private key; nothing is connected to. @throws what `readOptions` throws; SNOWFLAKE_LOGIN_INVALID, SNOWFLAKE_PRIVATE_KEY, SNOWFLAKE_NAME */
export async function readSettings(context: ConnectorContext, use: Omit<OptionUse, 'format'>): Promise<SnowflakeSettings> {
  const values = readOptions(SNOWFLAKE_OPTIONS, context.options, { format: FORMAT, ...use })
  warnOfIdle(SNOWFLAKE_OPTIONS, context)
  const { url, account } = place(values)
  const within = { database: single('sfDatabase', values.sfDatabase), schema: single('sfSchema', values.sfSchema) }
  const table = values.dbtable === undefined ? undefined : objectName('dbtable', values.dbtable, within)
  const proof = await proofOf(values, context)
  const zone = values.sfTimezone === 'spark' ? (context.conf('spark.sql.session.timeZone') ?? 'UTC') : values.sfTimezone
  // Throws where there is no such zone.
  zoneOffset(zone)
  return {
    values,
    table,
    timeZone: zone,
    login: {
      url,
      account,
      user: values.sfUser,
      proof,
      ...(proof.kind === 'key' && { fingerprint: fingerprint(proof.key) }),
      ...within,
      warehouse: values.sfWarehouse === undefined ? undefined : single('sfWarehouse', values.sfWarehouse),
      role: values.sfRole === undefined ? undefined : single('sfRole', values.sfRole),
    },
  }
}

/** `xy12345.eu-central-1.snowflakecomputing.com`, also with https:// or a port. */
function place(values: SnowflakeValues): { readonly url: string; readonly account: string } {
  const text = values.sfURL.trim()
  const withScheme = /^https?:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(withScheme)) {
    const expected = 'a host such as "xy12345.eu-central-1.snowflakecomputing.com"'
    throw new MillraceError('INVALID_OPTION', { option: 'sfURL', format: FORMAT, value: text, expected })
  }
  const { protocol, hostname, port } = new URL(withScheme)
  const host = port === '' ? hostname : `${hostname}:${port}`
  const account = values.sfAccount ?? /^(.+)\.snowflakecomputing\.(?:com|cn|mil)$/i.exec(hostname)?.[1] ?? hostname.split('.')[0]!
  return { url: `${protocol}//${host}`, account }
}

const refuse = (problem: string): MillraceError => new MillraceError('SNOWFLAKE_LOGIN_INVALID', { problem })
/** Which options a way to log in takes. */
const GIVES = {
  snowflake: 'sfPassword',
  snowflake_jwt: 'pem_private_key',
  oauth: 'sfToken',
} as const

async function proofOf(values: SnowflakeValues, context: ConnectorContext): Promise<Proof> {
  const given = (Object.keys(GIVES) as (keyof typeof GIVES)[]).filter(way => values[GIVES[way]] !== undefined)
  const chosen = (values.sfAuthenticator as keyof typeof GIVES | undefined) ?? given[0]
  if (chosen === undefined) throw refuse('there is neither a private key nor a password nor a token')
  if (values.sfAuthenticator === undefined && given.length > 1) throw refuse(`${given.map(way => GIVES[way]).join(' and ')} are both given`)
  const proof = values[GIVES[chosen]]
  if (proof === undefined) throw refuse(`sfAuthenticator ${chosen} needs ${GIVES[chosen]}`)
  if (chosen === 'snowflake') return { kind: 'password', password: proof }
  if (chosen === 'oauth') return { kind: 'token', token: proof }
  return { kind: 'key', key: await privateKey(proof, values.pem_private_key_passphrase, context.platform.files) }
}
