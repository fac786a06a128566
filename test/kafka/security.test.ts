import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { isMillraceError, registerTokenProvider, Session } from '../../src/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'

type Broker = Awaited<ReturnType<typeof kafka>>
type Options = Readonly<Record<string, string>>
type Way = (broker: Broker) => Options

/** Stands in every refused login; must stand in nothing that is told. */
const WRONG = 'not-the-password'
const [LOGIN, TLS, UNREACHABLE] = ['KAFKA_AUTHENTICATION_FAILED', 'KAFKA_TLS_FAILED', 'KAFKA_UNREACHABLE']
const MODULES = {
  PLAIN: 'plain.PlainLoginModule',
  'SCRAM-SHA-256': 'scram.ScramLoginModule',
  'SCRAM-SHA-512': 'scram.ScramLoginModule',
} as const

const login =
  (mechanism: keyof typeof MODULES, password?: string): Way =>
  broker => ({
    'kafka.sasl.mechanism': mechanism,
    'kafka.sasl.jaas.config': `org.apache.kafka.common.security.${MODULES[mechanism]} required username="${broker.username}" password="${password ?? broker.password}";`,
  })
const token: Way = () => {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  registerTokenProvider(
    'security-test',
    () => `${part({ alg: 'none' })}.${part({ sub: 'alice', iat: Date.now() / 1000, exp: Date.now() / 1000 + 600 })}.`,
  )
  return { 'kafka.sasl.mechanism': 'OAUTHBEARER', tokenProvider: 'security-test' }
}
const FILES = {
  JKS: { trust: 'truststoreJks', key: 'clientJks' },
  PKCS12: { trust: 'truststoreP12', key: 'clientP12' },
  PEM: { trust: 'caPem', key: 'clientPem' },
} as const
type Form = keyof typeof FILES
const store = (broker: Broker, kind: 'truststore' | 'keystore', form: Form): Options => ({
  [`kafka.ssl.${kind}.type`]: form,
  [`kafka.ssl.${kind}.location`]: broker.stores[FILES[form][kind === 'truststore' ? 'trust' : 'key']],
  ...(form !== 'PEM' && { [`kafka.ssl.${kind}.password`]: broker.storePassword }),
})
const trusting =
  (form: Form): Way =>
  broker =>
    store(broker, 'truststore', form)
const certified =
  (form: Form): Way =>
  broker =>
    store(broker, 'keystore', form)

const LISTENERS = {
  plaintext: 'PLAINTEXT',
  saslPlaintext: 'SASL_PLAINTEXT',
  saslSsl: 'SASL_SSL',
  ssl: 'SSL',
  mutualSsl: 'SSL',
} as const
type Listener = keyof typeof LISTENERS

async function optionsFor(listener: Listener, ways: readonly Way[], protocol: string = LISTENERS[listener]): Promise<Options> {
  const broker = await kafka()
  const given = ways.map(way => way(broker))
  return Object.assign({ 'kafka.bootstrap.servers': broker[listener], 'kafka.security.protocol': protocol }, ...given) as Options
}

describeWith('kafka', 'secured listeners', () => {
  it.each<[Listener, string, readonly Way[]]>([
    ['saslPlaintext', 'PLAIN', [login('PLAIN')]],
    ['saslPlaintext', 'SCRAM-SHA-256', [login('SCRAM-SHA-256')]],
    ['saslPlaintext', 'SCRAM-SHA-512', [login('SCRAM-SHA-512')]],
    ['saslPlaintext', 'OAUTHBEARER', [token]],
    ['saslSsl', 'PLAIN, JKS', [login('PLAIN'), trusting('JKS')]],
    ['saslSsl', 'SCRAM-SHA-256, PKCS12', [login('SCRAM-SHA-256'), trusting('PKCS12')]],
    ['saslSsl', 'SCRAM-SHA-512, PEM', [login('SCRAM-SHA-512'), trusting('PEM')]],
    ['saslSsl', 'OAUTHBEARER, PEM', [token, trusting('PEM')]],
    ['ssl', 'JKS', [trusting('JKS')]],
    ['mutualSsl', 'a certificate in JKS', [trusting('JKS'), certified('JKS')]],
    ['mutualSsl', 'a certificate in PKCS12', [trusting('PKCS12'), certified('PKCS12')]],
    ['mutualSsl', 'a certificate in PEM', [trusting('PEM'), certified('PEM')]],
  ])('%s takes and gives records: %s', async (listener, _, ways) => {
    const options = await optionsFor(listener, ways)
    const name = await createTopic(topic('secured'))
    await using session = await Session.open()
    await session
      .createDataFrame([{ value: listener }])
      .write.format('kafka')
      .options({ ...options, topic: name })
      .save()
    const query = session.readStream.format('kafka').options({ ...options, subscribe: name, startingOffsets: 'earliest' })
    const seen: unknown[] = []
    const run = await query
      .load()
      .selectExpr('CAST(value AS STRING) AS value')
      .writeStream.foreachBatch(async batch => void seen.push(...(await batch.collect())))
      .trigger({ availableNow: true })
      .start()
    await run.awaitTermination()
    expect(seen).toEqual([{ value: listener }])
  })

  it.each<[string, Listener, string, readonly Way[], string, string]>([
    ['a wrong password, PLAIN', 'saslPlaintext', 'SASL_PLAINTEXT', [login('PLAIN', WRONG)], LOGIN, 'Invalid username or password'],
    ['a wrong password, SCRAM', 'saslSsl', 'SASL_SSL', [login('SCRAM-SHA-256', WRONG), trusting('JKS')], LOGIN, 'invalid credentials'],
    ['a login to a listener without', 'plaintext', 'SASL_PLAINTEXT', [login('PLAIN')], LOGIN, 'the listener takes no login'],
    ['an authority that is not trusted', 'ssl', 'SSL', [], TLS, ': self-signed certificate'],
    ['no client certificate', 'mutualSsl', 'SSL', [trusting('PEM')], TLS, ': ssl/tls alert'],
    ['plain words to a TLS listener', 'ssl', 'PLAINTEXT', [], TLS, 'Broker requires TLS'],
    ['plain words to a SASL listener', 'saslPlaintext', 'PLAINTEXT', [], UNREACHABLE, 'does the listener expect TLS or a login?'],
    ['TLS to a plain listener', 'plaintext', 'SSL', [trusting('PEM')], UNREACHABLE, 'connection'],
  ])('%s is one error that names the broker and no secret', async (_, listener, protocol, ways, condition, reason) => {
    const options = { ...(await optionsFor(listener, ways, protocol)), 'kafka.default.api.timeout.ms': '5000' }
    const name = await createTopic(topic('refused'))
    await using session = await Session.open()
    const read = session.read.format('kafka').options({ ...options, subscribe: name })
    const write = session
      .createDataFrame([{ value: 'x' }])
      .write.format('kafka')
      .options({ ...options, 'kafka.delivery.timeout.ms': '5000', topic: name })
    for (const work of [() => read.load().collect(), () => write.save()]) {
      const error = await work().then(
        () => expect.fail('it was let in'),
        (e: unknown) => e,
      )
      if (!isMillraceError(error)) throw error
      expect(error.condition).toBe(condition)
      expect(error.message).toContain((await kafka())[listener])
      expect(error.message).toContain(reason)
      const told = inspect(error, { depth: 20, showHidden: true })
      for (const secret of [WRONG, (await kafka()).password, (await kafka()).storePassword]) expect(told).not.toContain(secret)
    }
  })
})
