import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { natsClient, natsService } from '../../scripts/services/nats.ts'
import { stopProcess } from '../../scripts/services/server-process.ts'
import { Session } from '../../src/index.ts'
import { openSink, openSource, type SinkTenant, type SourceTenant, sinkContract, sourceContract } from '../../src/testing/index.ts'
import { parseDdl } from '../../src/types/index.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import type { JetStreamLibrary, NatsClient } from './client.ts'
import { registerNats } from './jetstream.ts'

describeWith(natsService, 'NATS JetStream as a format of one’s own', () => {
  const place = mkdtempSync(join(tmpdir(), 'millrace-nats-'))
  let servers = ''
  let end: () => Promise<void>
  let nats: NatsClient
  let library: JetStreamLibrary
  let connection: any
  let forget: () => void
  let names = 0

  beforeAll(async () => {
    const from = createRequire(join(await natsClient(), 'here.js'))
    const load = (name: string) => import(pathToFileURL(from.resolve(name)).href)
    ;[nats, library] = [await load('@nats-io/transport-node'), await load('@nats-io/jetstream')]
    const running = await natsService.start({ dir: join(place, 'server') })
    servers = running.addresses.server
    connection = await nats.connect({ servers })
    forget = registerNats(nats, library)
    end = async () => {
      forget()
      await connection.close()
      await stopProcess(running.process)
      rmSync(place, { recursive: true, force: true })
    }
  }, 600_000)
  afterAll(() => end?.())

  /** A stream of its own, and how something is put in. */
  async function stream() {
    const name = `S${names++}`
    const manager = (await library.jetstreamManager(connection)) as any
    await manager.streams.add({ name, subjects: [`${name}.>`] })
    const js = library.jetstream(connection) as any
    const all = async (): Promise<string[]> => {
      const { state } = await manager.streams.info(name)
      const texts: string[] = []
      for (let seq = 1; seq <= state.last_seq; seq++) texts.push((await manager.streams.getMessage(name, { seq })).string())
      return texts
    }
    return { name, put: (text: string) => js.publish(`${name}.in`, Buffer.from(text)), all }
  }

  const sources: SourceTenant = {
    name: 'nats',
    open: async () => {
      const { name, put } = await stream()
      const directory = join(place, name)
      const open = () => openSource('nats', { directory, options: { servers, stream: name, pollInterval: '10ms' } })
      let n = 0
      return { source: await open(), again: open, arrive: () => put(`message ${n++}`) }
    },
  }
  for (const promise of sourceContract(sources)) test.skipIf(promise.skip)(promise.name, promise.run)

  const columns = parseDdl('data string')
  const sinks: SinkTenant = {
    name: 'nats',
    schema: columns,
    row: n => ({ data: `row ${n}` }),
    open: async () => {
      const { name, all } = await stream()
      const open = () => openSink('nats', { directory: join(place, name), schema: columns, options: { servers, subject: `${name}.out` } })
      return { sink: await open(), again: open, read: async () => (await all()).map(data => ({ data })) }
    },
  }
  for (const promise of sinkContract(sinks)) test.skipIf(promise.skip)(promise.name, promise.run)

  test('from one stream to another, stopped and started again, each message once', async () => {
    const [from, to] = [await stream(), await stream()]
    const session = await Session.open()
    const run = async () => {
      const query = await session.readStream
        .format('nats')
        .options({ servers, stream: from.name, maxMessagesPerTrigger: 2 })
        .load()
        .selectExpr('upper(CAST(data AS STRING)) AS data')
        .writeStream.format('nats')
        .options({ servers, subject: `${to.name}.out`, checkpointLocation: join(place, `chk-${from.name}`) })
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return query
    }
    for (const text of ['a', 'b', 'c']) await from.put(text)
    await run()
    for (const text of ['d', 'e']) await from.put(text)
    const query = await run()
    expect((await to.all()).sort()).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(query.lastProgress!.sources[0]!.description).toBe(`Nats[${from.name}]`)
    await session.close()
  })
})
