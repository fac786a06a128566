/**
 * `npm run services -- up|down|status [NAME[:PORT] …]`: real servers for development, fetched on first use, on 127.0.0.1.
 * Without names: all. `npm run services -- kafka` stays in the foreground until Ctrl-C. `down` keeps their data; `down --clean` removes it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { azureService } from './services/azure.ts'
import { fakesnowService } from './services/fakesnow.ts'
import { gcsService } from './services/gcs.ts'
import { alone } from './services/install.ts'
import { kafkaService } from './services/kafka.ts'
import { isFree } from './services/ports.ts'
import { postgresService } from './services/postgresql.ts'
import { registryService } from './services/registry.ts'
import { s3Service } from './services/s3.ts'
import { isAlive, removeServerFolder, stopProcess } from './services/server-process.ts'
import { cacheDirectory, type Running, type Service, ServiceError } from './services/service.ts'

const SERVICES: readonly Service<object>[] = [
  kafkaService,
  registryService,
  s3Service,
  gcsService,
  azureService,
  postgresService,
  fakesnowService,
]
/** The port that a person means by the port of a service, where it has another name than "http". */
const MAIN_PORT: Readonly<Record<string, string>> = { kafka: 'PLAINTEXT', postgresql: 'port' }
const mainPort = (service: Service<object>): string => MAIN_PORT[service.name] ?? 'http'
const USAGE = `usage: npm run services -- [up|down|status] [NAME[:PORT] …]   (down --clean also removes data)
names: ${SERVICES.map(service => service.name).join(', ')}`

interface Wanted {
  readonly service: Service<object>
  readonly port?: number
}

const folder = (service: Service<object>): string => join(cacheDirectory(), 'services', service.name)
const stateFile = (service: Service<object>): string => join(folder(service), 'running.json')

/** What was started last, running or not. */
function known(service: Service<object>): Running<object> | undefined {
  return existsSync(stateFile(service)) ? (JSON.parse(readFileSync(stateFile(service), 'utf8')) as Running<object>) : undefined
}
function running(service: Service<object>): Running<object> | undefined {
  const last = known(service)
  return last && isAlive(last.process) ? last : undefined
}

function up({ service, port }: Wanted): Promise<void> {
  return alone(folder(service), async () => {
    const already = running(service)
    if (already && port !== undefined && already.ports[mainPort(service)] !== port) {
      throw new ServiceError(`${service.name} already runs on another port: npm run services -- down ${service.name}`)
    }
    if (!already) {
      const lack = service.missing()
      if (lack !== undefined) throw new ServiceError(lack)
      const started = await service.start({ dir: folder(service), ports: await portsFor(service, port) })
      writeFileSync(stateFile(service), JSON.stringify(started))
    }
    print(service)
  })
}

/** Those of the last time where they are still free: what a person has written into a file goes on working. */
async function portsFor(service: Service<object>, port: number | undefined): Promise<Readonly<Record<string, number>>> {
  const main = port === undefined ? {} : { [mainPort(service)]: port }
  const last = { ...known(service)?.ports, ...main }
  const free = await Promise.all(Object.values(last).map(isFree))
  return free.every(Boolean) ? last : main
}

async function down({ service }: Wanted, clean: boolean): Promise<void> {
  const now = running(service)
  if (now) await stopProcess(now.process)
  console.log(`${service.name}: ${now ? 'stopped' : 'was not running'}`)
  if (clean) removeServerFolder(folder(service))
}

function print(service: Service<object>): void {
  const now = running(service)
  if (!now) {
    console.log(`${service.name}: not running`)
    return
  }
  console.log(`${service.name}: pid ${now.process.pid}, log and data in ${now.dir}`)
  for (const [name, value] of Object.entries(now.addresses)) {
    if (typeof value === 'string') console.log(`  ${name}: ${value}`)
    else for (const [file, path] of Object.entries(value as object)) console.log(`  ${file}: ${path}`)
  }
}

/** Ctrl-C stops what this call started. */
async function foreground(wanted: readonly Wanted[]): Promise<void> {
  const mine = wanted.filter(({ service }) => running(service) === undefined)
  const stop = async () => {
    for (const one of mine) await down(one, false)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
  for (const one of wanted) await up(one)
  console.log('Ctrl-C stops it')
  setInterval(() => {}, 60_000)
}

/** `kafka:9092` → the service and its port. */
function wantedBy(word: string): Wanted {
  const [name, port, ...rest] = word.split(':')
  const service = SERVICES.find(one => one.name === name)
  if (!service || rest.length > 0) throw new ServiceError(`there is no service ${word}\n${USAGE}`)
  if (port === undefined) return { service }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new ServiceError(`${port} is no port\n${USAGE}`)
  return { service, port: Number(port) }
}

async function main(words: readonly string[]): Promise<void> {
  const clean = words.includes('--clean')
  const [first, ...others] = words.filter(word => word !== '--clean')
  if (first === undefined) throw new ServiceError(USAGE)
  const isVerb = ['up', 'down', 'status'].includes(first)
  const names = isVerb ? others : [first, ...others]
  const wanted = names.length === 0 ? SERVICES.map(service => ({ service })) : names.map(wantedBy)
  if (!isVerb) return foreground(wanted)
  for (const one of wanted) {
    if (first === 'up') await up(one)
    else if (first === 'down') await down(one, clean)
    else print(one.service)
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ServiceError)) throw error
  console.error(error.message)
  process.exit(1)
})
