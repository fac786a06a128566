import { MillraceError } from '../../errors/index.ts'

/** What a connection URL says. */
export interface PostgresUrl {
  /** In the order they are tried. */
  readonly hosts: readonly Host[]
  /** Absent = named as the user. */
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** What stands behind the question mark, by the JDBC driver's names. */
  readonly params: Readonly<Record<string, string>>
}
export interface Host {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string
  readonly port: number
}

const PORT = 5432
const EXPECTED = 'jdbc:postgresql://host:port/database, jdbc:postgresql:database or postgres://user:password@host:port/database'

/** libpq's names for what the JDBC driver calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  connect_timeout: 'connectTimeout',
  application_name: 'ApplicationName',
  target_session_attrs: 'targetServerType',
  keepalives: 'tcpKeepAlive',
}
const SESSION_ATTRS: Readonly<Record<string, string>> = {
  'read-write': 'primary',
  'read-only': 'secondary',
  standby: 'secondary',
  'prefer-standby': 'preferSecondary',
}

/**
 * Reads `jdbc:postgresql:` URLs in all their forms (several hosts, no host, only a database) and `postgres://` URLs.
 * @throws POSTGRES_URL, which never says the URL's own text: it may hold a password
 */
export function parseUrl(text: string): PostgresUrl {
  const url = text.trim()
  const other = /^jdbc:(?!postgresql:)([\w+.-]+):/i.exec(url)
  if (other) throw new MillraceError('POSTGRES_URL', { reason: `jdbc:${other[1]}: is another database`, expected: EXPECTED })
  const found = /^(?:jdbc:postgresql:|postgres(?:ql)?:(?=\/\/))(.*)$/is.exec(url)
  if (!found) return refuse('it does not begin with jdbc:postgresql: or postgres://')
  const [front = '', query = ''] = splitOnce(found[1]!, '?')
  const params = paramsOf(query)
  const { authority, database } = frontOf(front)
  const at = authority.lastIndexOf('@')
  const [user, password] = at < 0 ? [] : splitOnce(authority.slice(0, at), ':')
  const { user: userParam, password: passwordParam, dbname, host, port, ...rest } = params
  const name = database || dbname
  return {
    hosts:
      host === undefined
        ? hostsOf(authority.slice(at + 1))
        : hostsOf(
            host
              .split(',')
              .map((h, i) => withPort(h, port?.split(',')[i]))
              .join(','),
          ),
    ...(name && { database: name }),
    ...optional('user', userParam ?? decoded(user)),
    ...optional('password', passwordParam ?? decoded(password)),
    params: rest,
  }
}

const refuse = (reason: string): never => {
  throw new MillraceError('POSTGRES_URL', { reason, expected: EXPECTED })
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  (value === undefined || value === '' ? {} : { [key]: value }) as { readonly [P in K]?: string }

function splitOnce(text: string, by: string): [string, string | undefined] {
  const at = text.indexOf(by)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + by.length)]
}

/** `//host:port/db`, `/db`, `/`, `db`. */
function frontOf(front: string): { readonly authority: string; readonly database: string | undefined } {
  if (front.startsWith('//')) {
    const [authority, database] = splitOnce(front.slice(2), '/')
    return { authority, database: decoded(database) }
  }
  return { authority: '', database: decoded(front.replace(/^\//, '')) }
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('a % in it does not begin a hexadecimal number (write %25)')
  }
}

function paramsOf(query: string): Record<string, string> {
  const params: Record<string, string> = {}
  for (const part of query.split('&')) {
    if (part === '') continue
    const [key, value = ''] = splitOnce(part, '=')
    const name = decoded(key)!
    const text = decoded(value.replaceAll('+', '%20'))!
    params[ALIASES[name] ?? name] = name === 'target_session_attrs' ? (SESSION_ATTRS[text] ?? text) : text
  }
  return params
}

const withPort = (host: string, port: string | undefined): string => {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : encodeURIComponent(host)
  return port === undefined || port === '' ? name : `${name}:${port}`
}

function hostsOf(authority: string): readonly Host[] {
  if (authority === '') return [{ host: 'localhost', port: PORT }]
  return authority.split(',').map(part => {
    const found = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(part.trim())
    const port = Number(found?.[3] ?? PORT)
    if (!found || port > 65_535 || port === 0) return refuse('a host in it is not of the form name:port')
    return { host: found[1] ?? (decoded(found[2]!) || 'localhost'), port }
  })
}

/** Hosts and database for messages: nothing secret. */
export const shownUrl = ({ hosts }: Pick<PostgresUrl, 'hosts'>, database: string): string =>
  `postgresql://${hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')}/${database}`
