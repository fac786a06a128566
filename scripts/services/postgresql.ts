import { existsSync, readdirSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { command, isOnPath, lacking } from './command.ts'
import { choosePorts } from './ports.ts'
import { ELSEWHERE_FILE, startServer } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'
import { OPENSSL_HINT, stores } from './stores.ts'

const INSTALL_HINT = 'install PostgreSQL (Debian: apt-get install postgresql)'
const READY_WITHIN_MS = 60_000
const HOMES = '/usr/lib/postgresql'

export interface PostgresAddresses {
  readonly host: string
  readonly port: string
  /** Who may do everything; `url` is of the database "postgres". */
  readonly user: string
  readonly password: string
  readonly url: string
  readonly jdbcUrl: string
  /** PEM file of the authority that signed the server's certificate. */
  readonly caPem: string
}
export type RunningPostgres = Running<PostgresAddresses>

const USER = 'millrace'
const PASSWORD = 'mill race&pass'

/** A PostgreSQL of this machine's packages, with SCRAM logins and TLS, on 127.0.0.1 alone. Data are kept between starts, without fsync. */
export const postgresService: Service<PostgresAddresses> = {
  name: 'postgresql',
  missing: () =>
    binaries() === undefined
      ? `PostgreSQL is not installed: ${INSTALL_HINT}`
      : lacking({ openssl: OPENSSL_HINT, ...(isRoot() ? { setpriv: 'install util-linux' } : {}) }),
  install: async () => {
    await stores()
  },
  start: startPostgres,
}

const isRoot = (): boolean => process.getuid?.() === 0

/** Where the newest installed server's programs are. */
function binaries(): string | undefined {
  if (existsSync(HOMES)) {
    const versions = readdirSync(HOMES).filter(version => existsSync(join(HOMES, version, 'bin', 'initdb')))
    const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1)
    if (newest !== undefined) return join(HOMES, newest, 'bin')
  }
  const found = (process.env['PATH'] ?? '').split(':').find(directory => directory !== '' && existsSync(join(directory, 'initdb')))
  return isOnPath('initdb') ? found : undefined
}

/** A server refuses to run as root. */
const asServer = (program: string, args: readonly string[]): readonly [string, readonly string[]] =>
  isRoot()
    ? ['setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', '--inh-caps=-all', program, ...args]]
    : [program, args]

/** Its own folder lies where its user can get to: a home directory keeps others out. */
async function homeOf(dir: string): Promise<string> {
  const elsewhere = join(dir, ELSEWHERE_FILE)
  if (!isRoot()) return dir
  const known = existsSync(elsewhere) ? await readFile(elsewhere, 'utf8') : undefined
  if (known !== undefined && existsSync(known)) return known
  const home = await mkdtemp(join(tmpdir(), 'millrace-postgresql-'))
  await writeFile(elsewhere, home)
  return home
}

/** Hands a path over to the server's user. */
async function own(path: string): Promise<void> {
  if (isRoot()) await command('chown', ['postgres:postgres', path])
}

async function initialize(bin: string, home: string): Promise<void> {
  const secret = join(home, 'password')
  await writeFile(secret, PASSWORD, { mode: 0o600 })
  await own(secret)
  const words = [
    '-D',
    join(home, 'data'),
    '-U',
    USER,
    `--pwfile=${secret}`,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]
  const [program, args] = asServer(join(bin, 'initdb'), words)
  await command(program, args, { cwd: home })
}

/** The server's certificate, where its user may read it. */
async function putCertificates(home: string): Promise<void> {
  const { caPem } = await stores()
  const from = dirname(caPem)
  for (const name of ['server.crt', 'server.key', 'ca.pem']) {
    await copyFile(join(from, name), join(home, name))
    await chmod(join(home, name), 0o600)
    await own(join(home, name))
  }
}

async function startPostgres(options: StartOptions): Promise<RunningPostgres> {
  const bin = binaries()!
  const { dir } = options
  await mkdir(dir, { recursive: true })
  const home = await homeOf(dir)
  await own(home)
  const { port } = await choosePorts(['port'], options.ports)
  if (!existsSync(join(home, 'data', 'PG_VERSION'))) await initialize(bin, home)
  await putCertificates(home)
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: home,
    fsync: 'off',
    shared_buffers: '32MB',
    max_connections: 60,
    ssl: 'on',
    ssl_cert_file: join(home, 'server.crt'),
    ssl_key_file: join(home, 'server.key'),
    ssl_ca_file: join(home, 'ca.pem'),
  }
  const args = ['-D', join(home, 'data'), ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  const url = `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`
  const [program, words] = asServer(join(bin, 'postgres'), args)
  const { caPem } = await stores()
  const mark = await startServer(program, words, {
    cwd: dir,
    log: join(dir, 'postgresql.log'),
    ready: async logged => logged().includes('database system is ready to accept connections'),
    withinMs: READY_WITHIN_MS,
    // SIGTERM would wait for every client to leave.
    politely: 'SIGINT',
  })
  return {
    service: 'postgresql',
    dir,
    process: mark,
    ports: { port },
    addresses: {
      host: '127.0.0.1',
      port: String(port),
      user: USER,
      password: PASSWORD,
      url,
      jdbcUrl: `jdbc:postgresql://127.0.0.1:${port}/postgres`,
      caPem,
    },
  }
}
