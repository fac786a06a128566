import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, lacking } from './command.ts'
import { installed, isInstalled } from './install.ts'
import { copyJars, JAVA_HINT, MAVEN_HINT } from './java.ts'
import { LISTENERS, type Listener, LOG_PROPERTIES, serverProperties, USER } from './kafka-properties.ts'
import { choosePorts } from './ports.ts'
import { startServer, stopProcess } from './server-process.ts'
import type { Running, Service, StartOptions } from './service.ts'
import { OPENSSL_HINT, STORE_PASSWORD, STORES, type Stores, stores } from './stores.ts'

const VERSION = '4.4.0'
const HOME = `kafka-${VERSION}`
const ARCHIVE = `${HOME}-classes`
const READY_WITHIN_MS = 180_000
/** Java writes the archive when it ends. */
const ARCHIVED_WITHIN_MS = 180_000
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk'
const LOGGING = { name: 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5' }
const LISTENER_NAMES = Object.keys(LISTENERS) as Listener[]

/** `host:port` of each listener, the one user who may log in, and the files a client needs for TLS. */
export interface KafkaAddresses {
  readonly plaintext: string
  readonly saslPlaintext: string
  readonly saslSsl: string
  readonly ssl: string
  /** SSL with a required client certificate. */
  readonly mutualSsl: string
  readonly username: string
  readonly password: string
  readonly stores: Stores
  readonly storePassword: string
}
export type RunningKafka = Running<KafkaAddresses>

/** One Kafka node (KRaft) with every kind of listener. */
export const kafkaService: Service<KafkaAddresses> = {
  name: 'kafka',
  missing: () =>
    lacking({
      java: JAVA_HINT,
      ...(isInstalled(HOME) ? {} : { mvn: MAVEN_HINT }),
      ...(isInstalled(STORES) ? {} : { openssl: OPENSSL_HINT, keytool: JAVA_HINT }),
    }),
  install: async () => {
    await classArchive()
  },
  start: startKafka,
}

/** The classes for `java -cp`: the star is java's to expand. */
export const kafkaClasspath = async (): Promise<string> => join(await kafkaHome(), 'libs', '*')

// kafka-tools-api 4.4.0 is not on Maven Central; the broker does not miss it.
const kafkaHome = (): Promise<string> =>
  installed(HOME, async directory => {
    await copyJars([{ name: `org.apache.kafka:kafka_2.13:${VERSION}`, without: ['org.apache.kafka:kafka-tools-api'] }, LOGGING], directory)
    await format(directory, await stores())
  })

/** What a formatted, still empty data folder looks like: copied at each start, which is 2 s quicker than formatting. */
async function format(home: string, files: Stores): Promise<void> {
  const ports = Object.fromEntries(LISTENER_NAMES.map((name, i) => [name, 19092 + i])) as Record<Listener, number>
  const properties = join(home, 'format.properties')
  await writeFile(properties, serverProperties(join(home, 'formatted'), ports, files))
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
    '--add-scram',
    `${mechanism}=[name=${USER.username},password=${USER.password}]`,
  ])
  const java = ['-Xmx128m', '-cp', join(home, 'libs', '*'), 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]
  await command('java', [...java, ...users], { hint: JAVA_HINT })
}

/** Java's own archive of loaded classes, made by one start: with it the next ones take half the CPU time. It holds for one place of the jars. */
async function classArchive(): Promise<string> {
  const home = await kafkaHome()
  const folder = await installed(ARCHIVE, async directory => {
    const dir = join(directory, 'run')
    const running = await launch(home, await stores(), { dir }, [`-XX:ArchiveClassesAtExit=${join(directory, 'kafka.jsa')}`])
    await stopProcess(running.process, 'SIGTERM', ARCHIVED_WITHIN_MS)
    await rm(dir, { recursive: true })
  })
  return join(folder, 'kafka.jsa')
}

async function startKafka(options: StartOptions): Promise<RunningKafka> {
  const quick = options.shortLived ? ['-XX:TieredStopAtLevel=1'] : []
  return launch(await kafkaHome(), await stores(), options, [`-XX:SharedArchiveFile=${await classArchive()}`, ...quick])
}

async function launch(home: string, files: Stores, options: StartOptions, flags: readonly string[]): Promise<RunningKafka> {
  const { dir } = options
  await mkdir(dir, { recursive: true })
  const data = join(dir, 'data')
  if (!existsSync(data)) {
    await rm(`${data}.part`, { recursive: true, force: true })
    await cp(join(home, 'formatted'), `${data}.part`, { recursive: true })
    await rename(`${data}.part`, data)
  }
  const ports = await choosePorts(LISTENER_NAMES, options.ports)
  await writeFile(join(dir, 'server.properties'), serverProperties(data, ports, files), { mode: 0o600 })
  await writeFile(join(dir, 'log4j2.properties'), LOG_PROPERTIES)
  const args = ['-Xmx512m', '-XX:+UseSerialGC', ...flags, '-cp', join(home, 'libs', '*'), '-Dlog4j2.configurationFile=log4j2.properties']
  const process = await startServer('java', [...args, 'kafka.Kafka', 'server.properties'], {
    cwd: dir,
    log: join(dir, 'kafka.log'),
    hint: JAVA_HINT,
    ready: async logged => logged().includes('Kafka Server started'),
    withinMs: READY_WITHIN_MS,
  })
  return { service: 'kafka', dir, process, ports, addresses: addressesOf(ports, files) }
}

function addressesOf(ports: Readonly<Record<Listener, number>>, files: Stores): KafkaAddresses {
  const at = (name: Listener) => `127.0.0.1:${ports[name]}`
  return {
    plaintext: at('PLAINTEXT'),
    saslPlaintext: at('SASL_PLAINTEXT'),
    saslSsl: at('SASL_SSL'),
    ssl: at('SSL'),
    mutualSsl: at('MUTUAL'),
    ...USER,
    stores: files,
    storePassword: STORE_PASSWORD,
  }
}
