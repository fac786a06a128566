import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext, OptionTable } from '../contract.ts'
import { examineOptions, type OptionUse, type OptionValues, readOptions, warnOfIdle } from '../options.ts'
import { CONNECTION_OPTIONS, POSTGRES_OPTIONS } from './options.ts'
import { type TlsChoice, tlsChoices } from './tls.ts'
import { type Host, parseUrl, shownUrl } from './url.ts'

export type PostgresOptions = OptionValues<typeof POSTGRES_OPTIONS>
type ConnectionValues = OptionValues<typeof CONNECTION_OPTIONS>

/** Where a server is and how sessions on it begin. */
export interface Server {
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  /** Absent = PGPASSWORD or ~/.pgpass, which the client reads itself. */
  readonly password?: string
  /** How to speak to it, in the order to try. */
  readonly tls: readonly TlsChoice[]
  readonly role: ConnectionValues['targetServerType']
  readonly anyOrder: boolean
  /** How long a server that does not answer is waited for. */
  readonly connectMs: number
  /** 0 = for ever. */
  readonly silentMs: number
  readonly statementMs: number
  readonly applicationName?: string
  readonly searchPath?: string
  readonly startOptions?: string
  readonly initStatement?: string
  /** Hosts and database, for messages. */
  readonly shown: string
}

export interface PostgresSettings {
  readonly format: string
  readonly options: PostgresOptions
  readonly server: Server
}

/**
 * Reads the options of one end; parameters of the URL win over options of the same name, as with the JDBC driver.
 * @throws what `readOptions` refuses, POSTGRES_URL, POSTGRES_TLS_FILE
 */
export async function readSettings(
  context: Pick<ConnectorContext, 'options' | 'platform' | 'warn'>,
  use: OptionUse,
): Promise<PostgresSettings> {
  const options = readOptions(POSTGRES_OPTIONS, context.options, use)
  warnOfIdle(POSTGRES_OPTIONS, context)
  if (use.side === 'sink' && options.numPartitions !== undefined) {
    context.warn({
      code: 'OPTION_WITHOUT_EFFECT',
      message: 'the option "numPartitions" has no effect on writing: one session copies all rows',
    })
  }
  const url = parseUrl(options.url)
  const { process: here } = context.platform
  const values = { ...options, ...paramsOf(url.params, use) }
  const user = url.user ?? values.user ?? here.env('PGUSER') ?? here.user
  const database = url.database ?? user
  const password = url.password ?? values.password
  return {
    format: use.format,
    options,
    server: {
      hosts: url.hosts,
      database,
      user,
      ...(password !== undefined && { password }),
      tls: await tlsChoices(values, context.platform),
      role: values.targetServerType,
      anyOrder: values.loadBalanceHosts,
      connectMs: (values.loginTimeout ?? values.connectTimeout) * 1000,
      silentMs: values.socketTimeout * 1000,
      statementMs: options.queryTimeout * 1000,
      ...named('applicationName', values.ApplicationName),
      ...named('searchPath', values.currentSchema),
      ...named('startOptions', values.options),
      ...named('initStatement', options.sessionInitStatement),
      shown: shownUrl(url, database),
    },
  }
}

const named = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  (value === undefined || value.trim() === '' ? {} : { [key]: value }) as { readonly [P in K]?: string }

/** Only what the URL says itself: its defaults must not hide an option. */
function paramsOf(params: Readonly<Record<string, string>>, use: OptionUse): Partial<ConnectionValues> {
  const { values, problems } = examineOptions(CONNECTION_OPTIONS as OptionTable, params, { ...use, format: `${use.format}, in its url` })
  if (problems[0]) throw new MillraceError(problems[0].condition, problems[0].params as never)
  const given = new Set(Object.keys(params).map(name => name.toLowerCase()))
  return Object.fromEntries(Object.entries(values).filter(([name]) => given.has(name.toLowerCase()))) as Partial<ConnectionValues>
}
