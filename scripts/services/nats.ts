import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { command, lacking } from './command.ts'
import { goProgram, lackingGo } from './go.ts'
import { installed, isInstalled } from './install.ts'
import { choosePorts } from './ports.ts'
import { startServer } from './server-process.ts'
import type { Service } from './service.ts'

const SERVER = { name: 'nats-server', path: 'github.com/nats-io/nats-server/v2', version: '2.15.2' }
const CLIENT_VERSION = '3.4.0'
const CLIENT = `nats-client-${CLIENT_VERSION}`
const READY_WITHIN_MS = 20_000

export interface NatsAddresses {
  /** For clients: `127.0.0.1:4222`. */
  readonly server: string
}

/** A NATS server with JetStream, and beside it the client library of the examples, which the package itself does not need. */
export const natsService: Service<NatsAddresses> = {
  name: 'nats',
  missing: () => lackingGo(SERVER) ?? (isInstalled(CLIENT) ? undefined : lacking({ npm: 'install Node with npm' })),
  install: async () => {
    await Promise.all([goProgram(SERVER), natsClient()])
  },
  start: async ({ dir, ports: wanted }) => {
    const program = await goProgram(SERVER)
    await mkdir(dir, { recursive: true })
    const ports = await choosePorts(['client', 'monitor'], wanted)
    const args = ['-a', '127.0.0.1', '-p', String(ports.client), '-m', String(ports.monitor), '-js', '-sd', join(dir, 'data')]
    const ready = () =>
      fetch(`http://127.0.0.1:${ports.monitor}/healthz`).then(
        answer => answer.ok,
        () => false,
      )
    const process = await startServer(program, args, { cwd: dir, log: join(dir, 'nats.log'), ready, withinMs: READY_WITHIN_MS })
    return { service: 'nats', dir, process, ports, addresses: { server: `127.0.0.1:${ports.client}` } }
  },
}

/** The folder in which `@nats-io/transport-node` and `@nats-io/jetstream` are installed. */
export const natsClient = (): Promise<string> =>
  installed(CLIENT, async directory => {
    const packages = ['transport-node', 'jetstream'].map(name => `@nats-io/${name}@${CLIENT_VERSION}`)
    await command('npm', ['install', '--no-save', '--prefix', directory, ...packages])
  })
