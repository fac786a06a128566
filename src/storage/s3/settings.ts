import { MillraceError } from '../../errors/index.ts'
import type { ProcessInfo } from '../../platform/index.ts'
import { credentialsFrom, type S3Credentials } from '../credentials.ts'
import { type Conf, given, s3Conf } from '../settings.ts'
import type { BucketPlace } from '../uri.ts'

/** How an S3 server is reached, by Hadoop's settings and the environment. */
export interface S3Settings {
  readonly endpoint?: string
  /** Absent: the client's own way to find it (AWS_REGION, the shared configuration). */
  readonly region?: string
  readonly pathStyle: boolean
  readonly who:
    | { readonly kind: 'given'; readonly credentials: S3Credentials }
    | { readonly kind: 'provider'; readonly fetch: () => Promise<S3Credentials> }
    | { readonly kind: 'anonymous' }
    /** The client's own chain: environment, shared files, container and instance roles. */
    | { readonly kind: 'chain' }
  /** Encryption on the server. */
  readonly encryption?: { readonly ServerSideEncryption: 'AES256' | 'aws:kms'; readonly SSEKMSKeyId?: string }
  readonly connectMs: number
  readonly connections: number
}

/** Hadoop's classes, by the last part of their names, and what they come to here. */
const PROVIDERS: Readonly<Record<string, 'given' | 'anonymous' | 'chain'>> = {
  SimpleAWSCredentialsProvider: 'given',
  TemporaryAWSCredentialsProvider: 'given',
  AnonymousAWSCredentialsProvider: 'anonymous',
  EnvironmentVariableCredentialsProvider: 'chain',
  DefaultCredentialsProvider: 'chain',
  DefaultAWSCredentialsProviderChain: 'chain',
  IAMInstanceCredentialsProvider: 'chain',
  InstanceProfileCredentialsProvider: 'chain',
  ContainerCredentialsProvider: 'chain',
  EC2ContainerCredentialsProviderWrapper: 'chain',
  ProfileCredentialsProvider: 'chain',
  ProfileAWSCredentialsProvider: 'chain',
  WebIdentityTokenFileCredentialsProvider: 'chain',
  WebIdentityTokenCredentialsProvider: 'chain',
}

export function s3Settings(place: BucketPlace, all: Conf, env: ProcessInfo['env']): S3Settings {
  const conf = s3Conf(all, place.bucket)
  const endpoint = endpointOf(conf, env)
  const region = conf('endpoint.region')
  const style = conf('path.style.access')
  const encryption = encryptionOf(conf)
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    // servers other than Amazon's seldom answer to <bucket>.<host>
    pathStyle:
      style === undefined ? endpoint !== undefined && !/\.amazonaws\.com(\.cn)?$/i.test(new URL(endpoint).hostname) : style === 'true',
    who: whoOf(conf, place),
    ...(encryption && { encryption }),
    connectMs: Number(conf('connection.establish.timeout') ?? 5000),
    connections: Number(conf('connection.maximum') ?? 64),
  }
}

function endpointOf(conf: Conf, env: ProcessInfo['env']): string | undefined {
  const text = conf('endpoint') ?? given(env('AWS_ENDPOINT_URL_S3')) ?? given(env('AWS_ENDPOINT_URL'))
  if (text === undefined) return undefined
  const whole = /^https?:\/\//i.test(text) ? text : `${conf('connection.ssl.enabled') === 'false' ? 'http' : 'https'}://${text}`
  if (!URL.canParse(whole))
    throw new MillraceError('INVALID_SETTING', { key: 'fs.s3a.endpoint', value: text, expected: 'http(s)://<host>:<port>' })
  return whole
}

function encryptionOf(conf: Conf): S3Settings['encryption'] {
  const algorithm = conf('encryption.algorithm')
  const key = conf('encryption.key')
  if (algorithm === undefined) return undefined
  if (/^(SSE-S3|AES256)$/i.test(algorithm)) return { ServerSideEncryption: 'AES256' }
  if (/^SSE-KMS$/i.test(algorithm)) return { ServerSideEncryption: 'aws:kms', ...(key !== undefined && { SSEKMSKeyId: key }) }
  throw new MillraceError('INVALID_SETTING', { key: 'fs.s3a.encryption.algorithm', value: algorithm, expected: 'SSE-S3 or SSE-KMS' })
}

function whoOf(conf: Conf, { root }: BucketPlace): S3Settings['who'] {
  const [accessKeyId, secretAccessKey, sessionToken] = [conf('access.key'), conf('secret.key'), conf('session.token')]
  const named = (conf('aws.credentials.provider') ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  const kinds = named.map(name => PROVIDERS[name.slice(name.lastIndexOf('.') + 1)])
  const own = named.find((_, i) => kinds[i] === undefined)
  if (own !== undefined) return { kind: 'provider', fetch: credentialsFrom(own, root) }
  const wantsKeys = kinds.length === 0 || kinds.includes('given')
  if (wantsKeys && accessKeyId !== undefined && secretAccessKey !== undefined)
    return { kind: 'given', credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) } }
  if (accessKeyId !== undefined && secretAccessKey === undefined && wantsKeys)
    throw new MillraceError('STORAGE_NO_CREDENTIALS', {
      uri: root,
      kind: 's3',
      reason: 'fs.s3a.access.key is set and fs.s3a.secret.key is not',
    })
  if (kinds.includes('chain') || kinds.length === 0) return { kind: 'chain' }
  if (kinds.includes('anonymous')) return { kind: 'anonymous' }
  throw new MillraceError('STORAGE_NO_CREDENTIALS', {
    uri: root,
    kind: 's3',
    reason: 'fs.s3a.access.key and fs.s3a.secret.key are not set',
  })
}
