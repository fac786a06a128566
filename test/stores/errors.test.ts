import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { registerCredentialProvider } from '../../src/storage/index.ts'
import { azure, s3, s3Bucket, s3Conf } from '../support/services/buckets.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { storeProxy } from '../support/services/store-proxy.ts'
import { KINDS, type Kind, openStore } from './open.ts'

const bytes = new TextEncoder().encode('x')
const run = { run: 'r', attempt: 1 }
const NOBODY = 'http://127.0.0.1:9'

/** Every call of a store ends in this condition, naming the place and no secret. */
async function everyCall(kind: Kind, conf: Readonly<Record<string, string>>, condition: string, uri?: string, reads = true): Promise<void> {
  const where = uri ?? (await kind.bucket())
  const store = await openStore(`${where}/in`, { ...(await kind.conf()), 'millrace.storage.patience': '200', ...conf })
  for (const call of [
    ...(reads ? [() => store.read('a')] : []),
    () => store.write('a', bytes, run),
    () => store.list(''),
    () => store.writeIfAbsent('a', bytes, run),
  ]) {
    const error: unknown = await call().catch(e => e)
    expect(error).toMatchObject({ condition })
    const { message, hint } = error as Error & { hint: string }
    expect(message).toContain(`${where}/in`)
    expect(hint.length).toBeGreaterThan(20)
    const shown = inspect(error, { depth: 10, showHidden: true })
    for (const [key, value] of Object.entries(conf)) if (/secret|key|token/.test(key)) expect(shown).not.toContain(value)
  }
}

for (const kind of KINDS) {
  describeWith(kind.name, `what a person is told of ${kind.name}`, () => {
    test('a bucket that is not there', async () =>
      // Google says which of the two is missing when it is read; the emulator does not
      everyCall(kind, {}, 'STORAGE_BUCKET_MISSING', await kind.noBucket(), kind.name !== 'gcs'))
    test('nobody listens', async () => everyCall(kind, await kind.conf(NOBODY), 'STORAGE_UNREACHABLE'))
    test('an object that is missing where it is needed', async () => {
      const store = await openStore(await kind.bucket(), await kind.conf())
      for (const call of [() => store.stage('no'), () => store.readRange('no', 0, 1), () => store.copy('no', 'b', run)])
        await expect(call()).rejects.toMatchObject({ condition: 'OBJECT_MISSING' })
    })
  })
}

describeWith('s3', 'an S3 server that checks who asks', () => {
  const [kind] = KINDS as [Kind]
  test('a wrong secret', () => everyCall(kind, { 'fs.s3a.secret.key': 'not-the-secret-key' }, 'STORAGE_ACCESS_DENIED'))
  test('a wrong access key', () => everyCall(kind, { 'fs.s3a.access.key': 'not-the-access-key' }, 'STORAGE_ACCESS_DENIED'))
  test('a wrong region', async () => {
    await everyCall(kind, { 'fs.s3a.endpoint.region': 'eu-west-1' }, 'STORAGE_WRONG_REGION')
    const store = await openStore(`s3://${await s3Bucket()}`, { ...(await s3Conf()), 'fs.s3a.endpoint.region': 'eu-west-1' })
    await expect(store.list('')).rejects.toMatchObject({ params: { region: 'eu-west-1', expected: 'us-east-1' } })
  })
  test('nobody', () =>
    everyCall(kind, { 'fs.s3a.aws.credentials.provider': 'org.x.AnonymousAWSCredentialsProvider' }, 'STORAGE_ACCESS_DENIED'))
  test('half of a key pair is refused at once', async () => {
    const conf = { ...(await s3Conf()), 'fs.s3a.secret.key': '' }
    await expect(openStore('s3://lake', conf)).rejects.toMatchObject({ condition: 'STORAGE_NO_CREDENTIALS' })
  })

  test('credentials that have expired are asked for again, and whoever gave them twice is named', async () => {
    const { endpoint, accessKey, secretKey } = await s3()
    await using proxy = await storeProxy(endpoint)
    const EXPIRED = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'
    proxy.spoil(({ headers }) =>
      headers['x-amz-security-token'] === 'old-session-token'
        ? { do: 'answer', status: 400, body: EXPIRED, headers: { 'content-type': 'application/xml' } }
        : undefined,
    )
    let asked = 0
    const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
    registerCredentialProvider('rotating', () => (++asked === 1 ? { ...credentials, sessionToken: 'old-session-token' } : credentials))
    const conf = { ...(await s3Conf(proxy.endpoint)), 'fs.s3a.aws.credentials.provider': 'rotating' }
    const store = await openStore(`s3://${await s3Bucket()}`, conf)
    expect(await store.writeIfAbsent('a', bytes, run)).toBe('written')
    expect(asked).toBe(2)
    expect((await store.stat('a'))?.size).toBe(1)
    registerCredentialProvider('stale', () => ({ ...credentials, sessionToken: 'old-session-token' }))
    const stale = await openStore(`s3://${await s3Bucket()}`, { ...conf, 'fs.s3a.aws.credentials.provider': 'stale' })
    const error: unknown = await stale.read('a').catch(e => e)
    expect(error).toMatchObject({ condition: 'STORAGE_CREDENTIALS_EXPIRED' })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('old-session-token')
  })

  test('a provider that fails or is not known is named', async () => {
    registerCredentialProvider('broken', () => Promise.reject(new Error('the vault is sealed')))
    for (const [name, reason] of [
      ['broken', 'the vault is sealed'],
      ['unheard-of', 'nobody registered'],
    ] as const) {
      const store = await openStore('s3://lake', { ...(await s3Conf()), 'fs.s3a.aws.credentials.provider': name })
      await expect(store.read('a')).rejects.toMatchObject({
        condition: 'STORAGE_NO_CREDENTIALS',
        params: { reason: expect.stringContaining(reason) },
      })
    }
  })
})

describeWith('azure', 'an Azure account that checks who asks', () => {
  test('a wrong key', async () => {
    const { account } = await azure()
    const key = Buffer.from('not the key of this account').toString('base64')
    await everyCall(KINDS[2]!, { [`fs.azure.account.key.${account}.dfs.core.windows.net`]: key }, 'STORAGE_ACCESS_DENIED')
  })
})

describe('a session', () => {
  test('refuses unknown settings of stores with the nearest known one, takes Hadoop’s without effect and says so', async () => {
    await using session = await Session.open({ logLevel: 'OFF' })
    expect(() => session.conf.set('fs.s3a.endpont', 'x')).toThrow('did you mean "fs.s3a.endpoint"')
    expect(() => session.conf.set('spark.hadoop.fs.s3a.acess.key', 'x')).toThrow('did you mean "fs.s3a.access.key"')
    session.conf.set('spark.hadoop.fs.s3a.endpoint', 'http://127.0.0.1:9000')
    expect(session.conf.get('fs.s3a.endpoint')).toBe('http://127.0.0.1:9000')
    session.conf.set('fs.s3a.bucket.my.lake.endpoint.region', 'eu-central-1')
    session.conf.set('fs.s3a.fast.upload', true)
    session.conf.set('fs.azure.account.key.lake.dfs.core.windows.net', 'a2V5')
    expect(() => session.conf.set('fs.s3a.path.style.access', 'yes')).toThrow(expect.objectContaining({ condition: 'INVALID_SETTING' }))
  })
  test('names the known schemes and the setting for others', async () => {
    await using session = await Session.open()
    const error: unknown = await session.fs.get('dbfs:/FileStore/a.csv').catch(e => e)
    expect(error).toMatchObject({ condition: 'UNKNOWN_SCHEME' })
    expect((error as Error).message).toMatch(/s3:\/\/.*gs:\/\/.*abfss:\/\/[\s\S]*mounts: \{ 'dbfs:\/FileStore/)
    await expect(session.fs.get('s3://')).rejects.toMatchObject({ condition: 'INVALID_STORE_URI' })
    await expect(session.fs.get('abfss://container/x')).rejects.toMatchObject({ condition: 'INVALID_STORE_URI' })
  })
})
