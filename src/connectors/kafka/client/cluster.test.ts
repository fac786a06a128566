import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../test/support/services/describe-with.ts'
import { createTopic, growTopic, kafka, topic } from '../../../../test/support/services/kafka.ts'
import { isMillraceError } from '../../../errors/index.ts'
import { nodePlatform } from '../../../platform/index.ts'
import { registerTokenProvider } from '../../token-providers.ts'
import { readKafkaOptions } from '../options/read.ts'
import { libraryCall } from './api-call.ts'
import { openKafkaClient } from './cluster.ts'
import type { KafkaClient } from './contract.ts'

type Addresses = Awaited<ReturnType<typeof kafka>>
let broker: Addresses

const { signal } = new AbortController()
const open: KafkaClient[] = []
afterAll(() => Promise.all(open.map(c => c.close())))

async function client(bootstrap: string, options: Readonly<Record<string, string>> = {}): Promise<KafkaClient> {
  const all = { 'kafka.bootstrap.servers': bootstrap, subscribe: 'x', 'kafka.default.api.timeout.ms': '20000', ...options }
  const { config } = await readKafkaOptions({ options: all, platform: nodePlatform, warn: () => {} }, { side: 'source', mode: 'stream' })
  const made = await openKafkaClient(config, nodePlatform)
  open.push(made)
  return made
}

/** The condition and parameters of what the promise is refused with. */
async function refusal(promise: Promise<unknown>): Promise<{ condition: string; params: Record<string, unknown>; message: string }> {
  const error = await promise.then(
    () => expect.fail('it was not refused'),
    (e: unknown) => e,
  )
  if (!isMillraceError(error)) throw error
  return { condition: error.condition, params: error.params as never, message: error.message }
}

describeWith('kafka', 'a cluster', () => {
  beforeAll(async () => {
    broker = await kafka()
  })

  test('topics, leaders, offsets and coordinators of a cluster', async () => {
    const name = await createTopic(topic('cluster'), { partitions: 3 })
    const c = await client(broker.plaintext)
    const found = await c.topics([name, 'nowhere'], { signal })
    expect([...found.keys()]).toEqual([name])
    expect(found.get(name)!.partitions.map(p => p.partition)).toEqual([0, 1, 2])
    const leader = await c.leaderOf({ topic: name, partition: 1 }, { signal })
    expect(leader).toEqual({
      broker: found.get(name)!.partitions[1]!.leader,
      leaderEpoch: expect.any(Number),
      topicId: found.get(name)!.id,
    })
    const wanted = (['earliest', 'latest', { timestampMs: 0 }, { timestampMs: 9e12 }] as const).map(at => ({
      topic: name,
      partition: 0,
      at,
    }))
    expect(await c.offsets([...wanted, { topic: name, partition: 2, at: 'latest' }], { signal })).toEqual([0, 0, null, null, 0])
    expect(await c.coordinatorOf('group', 'a group', { signal })).toBe(leader.broker)
    expect(await c.coordinatorOf('transaction', 'an id', { signal })).toBe(leader.broker)
    expect([...(await c.topics('all', { signal })).keys()].filter(n => n.startsWith('__'))).toEqual([])
  })

  test('partitions added later are seen by the next look', async () => {
    const name = await createTopic(topic('growing'))
    const c = await client(broker.plaintext)
    await c.leaderOf({ topic: name, partition: 0 }, { signal })
    await growTopic(name, 3)
    expect((await c.leaderOf({ topic: name, partition: 2 }, { signal })).broker).toBeGreaterThanOrEqual(0)
  })

  test('a partition that does not exist is named', async () => {
    const c = await client(broker.plaintext)
    expect(await refusal(c.offsets([{ topic: 'nowhere', partition: 7, at: 'latest' }], { signal }))).toMatchObject({
      condition: 'KAFKA_UNKNOWN_TOPIC_PARTITION',
      params: { topic: 'nowhere', partition: 7 },
    })
  })

  test('a call of the library becomes a request, and versions are agreed on', async () => {
    const c = await client(broker.plaintext)
    const name = await createTopic(topic('raw'))
    const { broker: leader } = await c.leaderOf({ topic: name, partition: 0 }, { signal })
    const answer = await c.send(leader, libraryCall('ApiVersions', c.library.apiVersionsV3.api, 'test', '1'), { signal })
    const offered = answer.apiKeys.find(a => a.apiKey === 1)!
    const fetch = { key: 1, name: 'Fetch', oldest: 4, newest: 17 }
    expect(await c.versionOf(leader, fetch, { signal })).toBe(Math.min(17, offered.maxVersion))
    expect(await refusal(c.versionOf(leader, { ...fetch, oldest: 99, newest: 99 }, { signal }))).toMatchObject({
      condition: 'KAFKA_BROKER_TOO_OLD',
    })
  })

  describe('logins', () => {
    const jaas = (module: string, { username, password }: Pick<Addresses, 'username' | 'password'> = broker): string =>
      `org.apache.kafka.common.security.${module} required username="${username}" password="${password}";`
    const scram = () => ({ 'kafka.sasl.jaas.config': jaas('scram.ScramLoginModule') })
    const jks = () => ({
      'kafka.ssl.truststore.location': broker.stores.truststoreJks,
      'kafka.ssl.truststore.password': broker.storePassword,
    })
    const p12 = () => ({
      'kafka.ssl.truststore.type': 'PKCS12',
      'kafka.ssl.truststore.location': broker.stores.truststoreP12,
      'kafka.ssl.truststore.password': broker.storePassword,
    })
    const pem = () => ({ 'kafka.ssl.truststore.type': 'PEM', 'kafka.ssl.truststore.location': broker.stores.caPem })
    const keystore = (location: string, type: string) => ({
      'kafka.ssl.keystore.location': location,
      'kafka.ssl.keystore.type': type,
      ...(type !== 'PEM' && { 'kafka.ssl.keystore.password': broker.storePassword }),
    })
    type Listener = 'saslPlaintext' | 'saslSsl' | 'ssl' | 'mutualSsl'
    const PROTOCOLS = { saslPlaintext: 'SASL_PLAINTEXT', saslSsl: 'SASL_SSL', ssl: 'SSL', mutualSsl: 'SSL' } as const
    const ways: readonly [string, Listener, () => Record<string, string>][] = [
      ['PLAIN', 'saslPlaintext', () => ({ 'kafka.sasl.mechanism': 'PLAIN', 'kafka.sasl.jaas.config': jaas('plain.PlainLoginModule') })],
      ['SCRAM-SHA-256', 'saslPlaintext', () => ({ 'kafka.sasl.mechanism': 'SCRAM-SHA-256', ...scram() })],
      ['SCRAM-SHA-512 over TLS, JKS', 'saslSsl', () => ({ 'kafka.sasl.mechanism': 'SCRAM-SHA-512', ...scram(), ...jks() })],
      ['TLS, JKS', 'ssl', jks],
      ['TLS, PKCS12 of certificates only', 'ssl', p12],
      ['TLS, PEM', 'ssl', pem],
      ['client certificate, JKS', 'mutualSsl', () => ({ ...jks(), ...keystore(broker.stores.clientJks, 'JKS') })],
      ['client certificate, PKCS12', 'mutualSsl', () => ({ ...pem(), ...keystore(broker.stores.clientP12, 'PKCS12') })],
      ['client certificate, PEM', 'mutualSsl', () => ({ ...pem(), ...keystore(broker.stores.clientPem, 'PEM') })],
    ]
    test.each(ways)('%s', async (_, listener, options) => {
      const c = await client(broker[listener], { 'kafka.security.protocol': PROTOCOLS[listener], ...options() })
      expect((await c.topics('all', { signal })).size).toBeGreaterThanOrEqual(0)
    })

    const sasl = { 'kafka.security.protocol': 'SASL_PLAINTEXT', 'kafka.sasl.mechanism': 'OAUTHBEARER' }
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    test('OAUTHBEARER with the program’s own token function', async () => {
      let asked = 0
      registerTokenProvider('cluster-test', async () => {
        asked++
        const now = nodePlatform.clock.now() / 1000
        return `${none}.${Buffer.from(JSON.stringify({ sub: 'alice', iat: now, exp: now + 600 })).toString('base64url')}.`
      })
      const c = await client(broker.saslPlaintext, { ...sasl, tokenProvider: 'cluster-test' })
      await c.topics('all', { signal })
      expect(asked).toBe(1)
    })
    test('OAUTHBEARER with Java’s unsecured token', async () => {
      const module = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule'
      const config = { 'kafka.sasl.jaas.config': `${module} required unsecuredLoginStringClaim_sub="alice";` }
      const c = await client(broker.saslPlaintext, { ...sasl, ...config })
      await c.topics('all', { signal })
    })
    test('a token provider that nobody registered ends the call with its name', async () => {
      const c = await client(broker.saslPlaintext, { ...sasl, tokenProvider: 'nobody' })
      expect(await refusal(c.topics('all', { signal }))).toMatchObject({ condition: 'KAFKA_TOKEN_PROVIDER' })
    })

    test('a wrong password is refused at once, and stands in no message', async () => {
      const wrong = jaas('scram.ScramLoginModule', { username: broker.username, password: 'nicht-das' })
      const options = {
        'kafka.security.protocol': 'SASL_PLAINTEXT',
        'kafka.sasl.mechanism': 'SCRAM-SHA-256',
        'kafka.sasl.jaas.config': wrong,
      }
      const { condition, params, message } = await refusal((await client(broker.saslPlaintext, options)).topics('all', { signal }))
      expect({ condition, params }).toMatchObject({
        condition: 'KAFKA_AUTHENTICATION_FAILED',
        params: { broker: broker.saslPlaintext, mechanism: 'SCRAM-SHA-256' },
      })
      expect(message).not.toContain('nicht-das')
    })
    test('an authority that is not trusted is refused at once', async () => {
      const c = await client(broker.ssl, { 'kafka.security.protocol': 'SSL' })
      expect(await refusal(c.topics('all', { signal }))).toMatchObject({ condition: 'KAFKA_TLS_FAILED', params: { broker: broker.ssl } })
    })
    test('a listener that wants a client certificate says so', async () => {
      const c = await client(broker.mutualSsl, { 'kafka.security.protocol': 'SSL', ...pem() })
      expect(await refusal(c.topics('all', { signal }))).toMatchObject({
        condition: 'KAFKA_TLS_FAILED',
        params: { broker: broker.mutualSsl },
      })
    })
    test.each([
      ['no TLS to a TLS listener', 'ssl', {}],
      ['TLS to a listener without', 'plaintext', { 'kafka.security.protocol': 'SSL' }],
      ['no login to a listener that wants one', 'saslPlaintext', {}],
    ] as const)('%s ends in time, naming the broker', async (_, listener, options) => {
      const c = await client(broker[listener], { ...options, 'kafka.default.api.timeout.ms': '1500' })
      const { condition, message } = await refusal(c.topics('all', { signal }))
      expect(['KAFKA_UNREACHABLE', 'KAFKA_TLS_FAILED']).toContain(condition)
      expect(message).toContain(broker[listener])
    })
  })

  describe('brokers that are not there', () => {
    /** A server that takes connections and says nothing. */
    async function mute(): Promise<{ server: Server; address: string; sockets: Set<Socket> }> {
      const sockets = new Set<Socket>()
      const server = createServer(socket => sockets.add(socket))
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return { server, sockets, address: `127.0.0.1:${(server.address() as { port: number }).port}` }
    }

    test('a stopped broker gives one clear error within the configured time', async () => {
      const { server, address } = await mute()
      await new Promise(resolve => server.close(resolve))
      const c = await client(address, { 'kafka.default.api.timeout.ms': '400' })
      expect(await refusal(c.topics(['clicks'], { signal }))).toMatchObject({
        condition: 'KAFKA_UNREACHABLE',
        params: { brokers: [address], what: 'look up clicks', timeoutMs: 400, tried: ['connection refused'] },
      })
    })

    test('the next server of the list is asked', async () => {
      const { server, address } = await mute()
      await new Promise(resolve => server.close(resolve))
      const c = await client(`${address},${broker.plaintext}`)
      expect(await c.topics('all', { signal })).toBeInstanceOf(Map)
    })

    test('a broker that takes the connection and never answers is named when the time is up', async () => {
      const { server, address, sockets } = await mute()
      const c = await client(address, { 'kafka.default.api.timeout.ms': '400' })
      expect(await refusal(c.topics(['clicks'], { signal }))).toMatchObject({
        condition: 'KAFKA_UNREACHABLE',
        params: { brokers: [address], tried: ['no answer'] },
      })
      await c.close()
      for (const s of sockets) s.destroy()
      server.close()
    })

    test('a call ends when its signal aborts, and when the client is closed', async () => {
      const { server, address, sockets } = await mute()
      const c = await client(address)
      const stop = new AbortController()
      const stopped = c.topics(['clicks'], { signal: stop.signal })
      stop.abort(new Error('enough'))
      await expect(stopped).rejects.toThrow('enough')
      const closed = refusal(c.topics(['clicks'], { signal }))
      await c.close()
      expect(await closed).toMatchObject({ condition: 'KAFKA_CLIENT_CLOSED' })
      for (const s of sockets) s.destroy()
      server.close()
    })

    test('a broken connection is made again', async () => {
      const c = await client(broker.plaintext)
      const name = await createTopic(topic('again'))
      await c.topics([name], { signal })
      const { broker: leader } = await c.leaderOf({ topic: name, partition: 0 }, { signal })
      // The broker answers a request it cannot read by closing the connection.
      const garbage = { ...libraryCall('ApiVersions', c.library.apiVersionsV3.api, 'test', '1'), key: 3, version: 12, name: 'Metadata' }
      await expect(c.send(leader, garbage, { signal })).rejects.toThrow()
      expect((await c.topics([name], { signal })).size).toBe(1)
    })
  })
})
