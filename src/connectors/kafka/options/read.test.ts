import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isMillraceError } from '../../../errors/index.ts'
import { nodePlatform } from '../../../platform/index.ts'
import type { Warning } from '../../contract.ts'
import type { KafkaUse } from './examine.ts'
import { type KafkaSettings, readKafkaOptions } from './read.ts'

const READ = { side: 'source', mode: 'stream' } as const
const WRITE = { side: 'sink', mode: 'stream' } as const
const directory = mkdtempSync(join(tmpdir(), 'kafka-options-'))
afterAll(() => rmSync(directory, { recursive: true }))
const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

const warnings: Warning[] = []
function read(options: Readonly<Record<string, string>>, use: KafkaUse = READ): Promise<KafkaSettings> {
  const base: Record<string, string> = use.side === 'source' ? { subscribe: 'clicks' } : {}
  const servers: Record<string, string> = options['configFile'] === undefined ? { 'kafka.bootstrap.servers': 'a:1' } : {}
  warnings.length = 0
  return readKafkaOptions({ options: { ...base, ...servers, ...options }, platform: nodePlatform, warn: w => warnings.push(w) }, use)
}
async function refusal(
  options: Readonly<Record<string, string>>,
  use: KafkaUse = READ,
): Promise<{ condition: string; params: unknown; message: string }> {
  const error: unknown = await read(options, use).then(
    () => expect.fail('it was taken'),
    e => e,
  )
  if (!isMillraceError(error)) throw error
  return { condition: error.condition, params: error.params, message: error.message }
}

describe('Java’s client options become the client’s', () => {
  test.each<[Record<string, string>, object, KafkaUse?]>([
    [
      { 'kafka.bootstrap.servers': 'a:1, SASL_SSL://b:2,[::1]:3' },
      {
        bootstrap: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: '::1', port: 3 },
        ],
      },
    ],
    [{ 'kafka.client.id': 'me' }, { clientId: 'me' }],
    [{}, { clientId: 'millrace', isolation: 'read_uncommitted', defaultTimeoutMs: 60_000, requestTimeoutMs: 30_000 }],
    [{ 'kafka.isolation.level': 'read_committed' }, { isolation: 'read_committed' }],
    [
      {
        'kafka.fetch.min.bytes': '2',
        'kafka.fetch.max.bytes': '3',
        'kafka.fetch.max.wait.ms': '4',
        'kafka.max.partition.fetch.bytes': '5',
        'kafka.check.crcs': 'false',
      },
      { fetch: { minBytes: 2, maxBytes: 3, maxWaitMs: 4, maxPartitionBytes: 5, checkCrcs: false } },
    ],
    [
      { 'kafka.request.timeout.ms': '1', 'kafka.default.api.timeout.ms': '2', 'kafka.socket.connection.setup.timeout.ms': '3' },
      { requestTimeoutMs: 1, defaultTimeoutMs: 2, connectTimeoutMs: 3 },
    ],
    [
      {
        'kafka.retry.backoff.ms': '1',
        'kafka.retry.backoff.max.ms': '2',
        'kafka.reconnect.backoff.ms': '3',
        'kafka.reconnect.backoff.max.ms': '4',
      },
      { retryBackoffMs: 1, retryBackoffMaxMs: 2, reconnectBackoffMs: 3, reconnectBackoffMaxMs: 4 },
    ],
    [
      {},
      {
        produce: {
          acks: -1,
          idempotence: true,
          compression: 'none',
          lingerMs: 5,
          batchBytes: 16_384,
          maxRequestBytes: 1_048_576,
          maxInFlight: 5,
          deliveryTimeoutMs: 120_000,
          transactionTimeoutMs: 60_000,
        },
      },
      WRITE,
    ],
    [{ 'kafka.acks': '1' }, { produce: expect.objectContaining({ acks: 1, idempotence: false }) }, WRITE],
    [
      { 'kafka.compression.type': 'zstd', 'kafka.compression.zstd.level': '9', 'kafka.compression.gzip.level': '2' },
      { produce: expect.objectContaining({ compression: 'zstd', compressionLevel: 9 }) },
      WRITE,
    ],
    [
      {
        'kafka.linger.ms': '1',
        'kafka.batch.size': '2',
        'kafka.max.request.size': '3',
        'kafka.delivery.timeout.ms': '4',
        'kafka.transaction.timeout.ms': '5',
      },
      {
        produce: expect.objectContaining({ lingerMs: 1, batchBytes: 2, maxRequestBytes: 3, deliveryTimeoutMs: 4, transactionTimeoutMs: 5 }),
      },
      WRITE,
    ],
  ])('%j', async (options, config, use = READ) => {
    expect((await read(options, use)).config).toMatchObject(config)
  })

  test('idempotence that is asked for needs every replica’s word', async () => {
    const asked = { 'kafka.enable.idempotence': 'true', 'kafka.acks': '1' }
    expect(await refusal(asked, WRITE)).toMatchObject({ params: { problems: [{ option: 'kafka.acks' }] } })
  })

  test('what changes nothing is taken and said once each', async () => {
    await read({ minPartitions: '2', 'kafka.metric.reporters': 'x', 'kafka.send.buffer.bytes': '1', 'fetchOffset.numRetries': '9' })
    const said = warnings.map(w => /"(.+?)"/.exec(w.message)?.[1])
    expect(said.sort()).toEqual(['fetchOffset.numRetries', 'kafka.metric.reporters', 'kafka.send.buffer.bytes', 'minPartitions'])
    expect(new Set(warnings.map(w => w.code))).toEqual(new Set(['OPTION_WITHOUT_EFFECT']))
  })
})

describe('a properties file', () => {
  test.each([
    ['bootstrap.server=a:1', 'did you mean "bootstrap.servers"'],
    ['bootstrap.servers=a:1\nsasl.mechanims=PLAIN', 'did you mean "sasl.mechanism'],
    ['bootstrap.servers=a:1\nsasl.usernam=x', 'did you mean "sasl.username"'],
  ])('with a misspelt name says what was meant, once: %s', async (text, meant) => {
    const { params } = (await refusal({ configFile: file('misspelt.properties', text) })) as { params: { problems: { verdict: string }[] } }
    expect(params.problems.map(p => p.verdict)).toEqual([expect.stringContaining(meant)])
  })

  test('as document 002 has it, read by librdkafka’s names', async () => {
    const path = file(
      'cloud.properties',
      [
        '# Required connection configs',
        'bootstrap.servers=pkc-1.example:9092',
        'security.protocol=SASL_SSL',
        'sasl.mechanisms=PLAIN',
        'sasl.username = alice',
        'sasl.password=geheim=42',
        '',
        'session.timeout.ms=45000',
        'auto.offset.reset=earliest',
      ].join('\r\n'),
    )
    const { config } = await read({ configFile: path })
    expect(config.bootstrap).toEqual([{ host: 'pkc-1.example', port: 9092 }])
    expect(config.sasl).toMatchObject({ mechanism: 'PLAIN', username: 'alice', password: 'geheim=42' })
    expect(config.tls).toBeDefined()
    expect(warnings.map(w => w.message)).toEqual([
      expect.stringContaining(`${path}:8 session.timeout.ms`),
      expect.stringContaining(`${path}:9 auto.offset.reset`),
    ])
  })

  test('options win over the file, and the other side’s settings are passed over', async () => {
    const path = file('both.properties', 'bootstrap.servers=a:1\nclient.id=file\nacks=1\nfetch.min.bytes=7\n')
    const { config } = await read({ configFile: path, 'kafka.client.id': 'option' })
    expect(config).toMatchObject({ clientId: 'option', fetch: { minBytes: 7 } })
    expect(warnings).toEqual([{ code: 'OPTION_WITHOUT_EFFECT', message: expect.stringMatching(/both\.properties:3 acks .*writeStream/) }])
  })

  test.each([
    ['bootstrap.servers=a:1\nclient.id\n', 'KAFKA_CONFIG_FILE', ':2: the line has no "="'],
    ['=x\n', 'KAFKA_CONFIG_FILE', ':1: there is no name'],
    ['bootstrap.servers=a:1\nsasl.usernam=x\n', 'KAFKA_OPTIONS', ':2 sasl.usernam": there is no such option'],
    ['bootstrap.servers=a:1\n\nfetch.min.bytes=lots\n', 'KAFKA_OPTIONS', ':3 fetch.min.bytes": must be a whole number'],
    ['bootstrap.servers=nowhere\n', 'KAFKA_OPTIONS', ':1 bootstrap.servers": must be host:port'],
    ['client.id=x\n', 'KAFKA_OPTIONS', 'is missing, also in'],
  ])('%j is refused with file and line', async (text, condition, said) => {
    const found = await refusal({ configFile: file('wrong.properties', text) })
    expect(found.condition).toBe(condition)
    expect(found.message).toContain(said)
  })

  test('a file that is not there is named', async () => {
    expect(await refusal({ configFile: '/nowhere/client.properties' })).toMatchObject({
      condition: 'KAFKA_CONFIG_FILE',
      params: { at: '/nowhere/client.properties' },
    })
  })

  test('values go on behind a backslash; # ! and ; begin comments only at the start', async () => {
    const path = file('long.properties', 'bootstrap.servers=a:1,\\\n   b:2\n! Java’s comment\n; another\nclient.id=#1\n')
    expect((await read({ configFile: path })).config).toMatchObject({ bootstrap: [{ host: 'a' }, { host: 'b' }], clientId: '#1' })
  })
})

describe('logins', () => {
  const sasl = (mechanism: string, jaas?: string) => ({
    'kafka.security.protocol': 'SASL_PLAINTEXT',
    'kafka.sasl.mechanism': mechanism,
    ...(jaas !== undefined && { 'kafka.sasl.jaas.config': jaas }),
  })
  test.each([
    [sasl('PLAIN'), 'username is missing'],
    [sasl('PLAIN', 'x.PlainLoginModule required username="u";'), 'password is missing'],
    [sasl('PLAIN', 'x.ScramLoginModule required username="u" password="p";'), 'does not go with sasl.mechanism PLAIN'],
    [sasl('OAUTHBEARER'), 'tokenProvider'],
    [sasl('OAUTHBEARER', 'x.OAuthBearerLoginModule required;'), 'unsecuredLoginStringClaim_sub'],
    [{ 'kafka.security.protocol': 'SASL_SSL' }, 'sasl.mechanism'],
  ])('%j is refused: %s', async (options, said) => {
    const found = await refusal(options)
    expect(found.condition).toBe('KAFKA_LOGIN_INVALID')
    expect(found.message).toContain(said)
  })

  test('a token is fetched by the client-credentials grant, as Java fetches it', async () => {
    const asked: string[] = []
    let status = 200
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      asked.push(`${request.method} ${request.headers.authorization} ${body}`)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"access_token":"abc"}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/token`
    const jaas = 'x.OAuthBearerLoginModule required clientId="me" clientSecret="geheim" scope="kafka" extension_logicalCluster="lkc-1";'
    const { config } = await read({ ...sasl('OAUTHBEARER', jaas), 'kafka.sasl.oauthbearer.token.endpoint.url': url })
    const token = config.sasl!.token as () => Promise<string>
    expect(await token()).toBe('abc')
    expect(asked).toEqual([`POST Basic ${btoa('me:geheim')} grant_type=client_credentials&scope=kafka`])
    expect(config.sasl!.oauthBearerExtensions).toEqual({ logicalCluster: 'lkc-1' })
    status = 401
    await expect(token()).rejects.toMatchObject({
      condition: 'KAFKA_TOKEN_PROVIDER',
      params: { name: url, reason: 'status 401', passing: false },
    })
    status = 503
    await expect(token()).rejects.toMatchObject({ params: { passing: true } })
    server.close()
  })
})

describe('key and trust stores', () => {
  const at = (name: string): string => join(directory, name)
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: directory, stdio: 'pipe' })
  beforeAll(() => {
    const store = ['-storepass', 'changeit', '-noprompt']
    run(
      'keytool',
      '-genkeypair',
      '-alias',
      'me',
      '-keyalg',
      'RSA',
      '-dname',
      'CN=me',
      '-storetype',
      'PKCS12',
      '-keystore',
      'me.p12',
      ...store,
    )
    run('keytool', '-exportcert', '-rfc', '-alias', 'me', '-keystore', 'me.p12', '-file', 'me.pem', ...store)
    for (const type of ['JKS', 'PKCS12'])
      run('keytool', '-importcert', '-alias', 'ca', '-file', 'me.pem', '-storetype', type, '-keystore', `trust.${type}`, ...store)
    const from = ['-srckeystore', 'me.p12', '-srcstoretype', 'PKCS12', '-srcstorepass', 'changeit']
    run(
      'keytool',
      '-importkeystore',
      '-noprompt',
      ...from,
      '-destkeystore',
      'me.jks',
      '-deststoretype',
      'JKS',
      '-deststorepass',
      'changeit',
      '-destkeypass',
      'keysecret',
    )
    run('openssl', 'pkcs12', '-in', 'me.p12', '-passin', 'pass:changeit', '-nocerts', '-passout', 'pass:pemsecret', '-out', 'me.key')
    writeFileSync(at('both.pem'), readFileSync(at('me.key'), 'utf8') + readFileSync(at('me.pem'), 'utf8'))
  }, 120_000)
  const ssl = { 'kafka.security.protocol': 'SSL' }
  const pem = (): string => readFileSync(at('me.pem'), 'utf8')
  const bare = (text: unknown): string => String(text).replaceAll(/\s/g, '')

  test.each([
    ['JKS', () => ({ 'kafka.ssl.truststore.location': at('trust.JKS'), 'kafka.ssl.truststore.password': 'changeit' })],
    [
      'JKS said to be PKCS12',
      () => ({
        'kafka.ssl.truststore.type': 'PKCS12',
        'kafka.ssl.truststore.location': at('trust.JKS'),
        'kafka.ssl.truststore.password': 'changeit',
      }),
    ],
    [
      'PKCS12 of certificates only',
      () => ({ 'kafka.ssl.truststore.location': at('trust.PKCS12'), 'kafka.ssl.truststore.password': 'changeit' }),
    ],
    ['PEM', () => ({ 'kafka.ssl.truststore.type': 'PEM', 'kafka.ssl.truststore.location': at('me.pem') })],
    ['PEM inline', () => ({ 'kafka.ssl.truststore.type': 'PEM', 'kafka.ssl.truststore.certificates': pem() })],
    ['PEM on one line', () => ({ 'kafka.ssl.truststore.certificates': pem().trim().replaceAll('\n', '\\n') })],
  ])('a trust store: %s', async (_, options) => {
    const { config } = await read({ ...ssl, ...options() })
    expect((config.tls!.ca as string[]).map(bare)).toEqual([bare(pem())])
  })

  test.each([
    [
      'JKS with a key password',
      () => ({
        'kafka.ssl.keystore.location': at('me.jks'),
        'kafka.ssl.keystore.password': 'changeit',
        'kafka.ssl.key.password': 'keysecret',
      }),
    ],
    [
      'PEM with an encrypted key',
      () => ({ 'kafka.ssl.keystore.type': 'PEM', 'kafka.ssl.keystore.location': at('both.pem'), 'kafka.ssl.key.password': 'pemsecret' }),
    ],
    [
      'PEM inline',
      () => ({
        'kafka.ssl.keystore.certificate.chain': pem(),
        'kafka.ssl.keystore.key': readFileSync(at('me.key'), 'utf8'),
        'kafka.ssl.key.password': 'pemsecret',
      }),
    ],
  ])('a key store: %s', async (_, options) => {
    const { config } = await read({ ...ssl, ...options() })
    expect(bare(config.tls!.cert)).toBe(bare(pem()))
    expect(config.tls!.key).toContain('PRIVATE KEY')
  })
  test('a key store: PKCS12 goes to Node as it is', async () => {
    const { config } = await read({ ...ssl, 'kafka.ssl.keystore.location': at('me.p12'), 'kafka.ssl.keystore.password': 'changeit' })
    expect(config.tls).toMatchObject({ pfx: readFileSync(at('me.p12')), passphrase: 'changeit' })
  })
  test('librdkafka’s PEM files', async () => {
    const lines = [
      'bootstrap.servers=a:1',
      'security.protocol=SSL',
      `ssl.ca.location=${at('me.pem')}`,
      `ssl.certificate.location=${at('me.pem')}`,
      `ssl.key.location=${at('me.key')}`,
      'ssl.key.password=pemsecret',
    ]
    const { config } = await read({ configFile: file('ssl.properties', lines.join('\n')) })
    expect(config.tls).toMatchObject({ ca: [expect.stringContaining('CERTIFICATE')], key: expect.stringContaining('ENCRYPTED') })
  })

  test.each([
    [
      'a wrong password of a JKS',
      () => ({ 'kafka.ssl.truststore.location': at('trust.JKS'), 'kafka.ssl.truststore.password': 'falsch' }),
      'the password is wrong',
    ],
    ['no password of a PKCS12', () => ({ 'kafka.ssl.truststore.location': at('trust.PKCS12') }), 'it needs a password'],
    [
      'a wrong password of a PKCS12 key store',
      () => ({ 'kafka.ssl.keystore.location': at('me.p12'), 'kafka.ssl.keystore.password': 'falsch' }),
      'the password is wrong',
    ],
    [
      'a wrong password of a key',
      () => ({ 'kafka.ssl.keystore.location': at('both.pem'), 'kafka.ssl.key.password': 'falsch' }),
      'the password is wrong',
    ],
    ['a file that is not there', () => ({ 'kafka.ssl.truststore.location': '/nowhere.jks' }), 'there is no such file'],
    ['a file that is no store', () => ({ 'kafka.ssl.truststore.location': file('odd', 'odd') }), 'neither JKS nor PKCS12 nor PEM'],
    ['a key store without a key', () => ({ 'kafka.ssl.keystore.location': at('me.pem') }), 'there is no private key in it'],
  ])('%s is told before anything connects', async (_, options, said) => {
    const found = await refusal({ ...ssl, ...options() })
    expect(found.condition).toBe('KAFKA_STORE_UNREADABLE')
    expect(found.message).toContain(said)
    expect(found.message).not.toContain('falsch')
  })

  test('an empty identification algorithm switches the look at the host name off', async () => {
    expect((await read({ ...ssl })).config.tls!.checkServerIdentity).toBeUndefined()
    const { config } = await read({ ...ssl, 'kafka.ssl.endpoint.identification.algorithm': '' })
    expect(config.tls!.checkServerIdentity!('other', {} as never)).toBeUndefined()
  })
})
