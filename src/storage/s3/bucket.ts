import type { CompletedPart, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { MillraceError } from '../../errors/index.ts'
import type { Bucket, Found, GetFrom, Opened, Page, PageAsk, Parts, PutHow, Upload } from '../remote/bucket.ts'
import type { BucketPlace } from '../uri.ts'
import { judgeS3 } from './failures.ts'
import type { S3Settings } from './settings.ts'

type Sdk = typeof import('@aws-sdk/client-s3')

/** Loads the client on first use. @throws MISSING_DEPENDENCY */
export const s3Library = (): Promise<Sdk> =>
  import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new MillraceError('MISSING_DEPENDENCY', { package: '@aws-sdk/client-s3', for: 's3:// paths' }, { cause })
  })

type Encryption = Partial<NonNullable<S3Settings['encryption']>>

const PART = 8 * 1024 * 1024
const FALLBACK_REGION = 'us-east-1'

/** A bucket of an S3 server, through the official client with its own repeating switched off. */
export async function s3Bucket({ bucket: Bucket }: BucketPlace, settings: S3Settings): Promise<Bucket> {
  const sdk = await s3Library()
  const region = await regionOf(sdk, settings)
  const make = () => new sdk.S3Client(configOf(settings, region))
  let client = make()
  const encrypted: Encryption = settings.encryption ?? {}
  const how = ({ ifAbsent, metadata }: PutHow) => ({ ...encrypted, Metadata: { ...metadata }, ...(ifAbsent && { IfNoneMatch: '*' }) })
  return {
    endpoint: settings.endpoint ?? `https://s3.${region}.amazonaws.com`,
    get: (Key, from, abortSignal) => get(sdk, client, { Bucket, Key }, from, abortSignal),
    head: async (Key, abortSignal) => foundIn(await client.send(new sdk.HeadObjectCommand({ Bucket, Key }), { abortSignal })),
    put: async (Key, Body, put, abortSignal) =>
      void (await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ContentLength: Body.length, ...how(put) }), { abortSignal })),
    // servers other than Amazon's need not know the newer checksums
    parts: partsOf(sdk, () => client, Bucket, encrypted, settings.endpoint === undefined),
    page: (ask, abortSignal) => page(sdk, client, Bucket, ask, abortSignal),
    deletesAtOnce: 1000,
    delete: async (keys, abortSignal) => {
      const Delete = { Objects: keys.map(Key => ({ Key })), Quiet: true }
      const { Errors } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }), { abortSignal })
      const failed = Errors?.find(e => e.Code !== 'NoSuchKey')
      if (failed) throw Object.assign(new Error(failed.Message ?? failed.Code), { name: failed.Code })
    },
    copy: async (from, Key, put, abortSignal) => {
      const CopySource = `${Bucket}/${from.split('/').map(encodeURIComponent).join('/')}`
      await client.send(
        new sdk.CopyObjectCommand({
          Bucket,
          Key,
          CopySource,
          MetadataDirective: 'REPLACE' as const,
          ...encrypted,
          Metadata: { ...put.metadata },
        }),
        {
          abortSignal,
        },
      )
    },
    judge: error => judgeS3(error, region),
    // requests on their way keep the old one
    renew: () => {
      client = make()
    },
    close: () => client.destroy(),
  }
}

/** The region given, else the one the client finds by itself, else the one that S3-compatible servers are used to. */
async function regionOf(sdk: Sdk, settings: S3Settings): Promise<string> {
  if (settings.region !== undefined) return settings.region
  const client = new sdk.S3Client({})
  try {
    return await client.config.region()
  } catch {
    return FALLBACK_REGION
  } finally {
    client.destroy()
  }
}

function configOf({ endpoint, pathStyle, who, connectMs, connections }: S3Settings, region: string): S3ClientConfig {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    maxAttempts: 1,
    followRegionRedirects: endpoint === undefined,
    requestHandler: { connectionTimeout: connectMs, httpAgent: { maxSockets: connections }, httpsAgent: { maxSockets: connections } },
    // servers other than Amazon's need not know the newer checksums
    ...(endpoint !== undefined && {
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      responseChecksumValidation: 'WHEN_REQUIRED' as const,
    }),
    ...(who.kind === 'given' && { credentials: { ...who.credentials } }),
    ...(who.kind === 'provider' && { credentials: who.fetch }),
    ...(who.kind === 'anonymous' && {
      signer: { sign: async (request: object) => request } as never,
      credentials: { accessKeyId: '', secretAccessKey: '' },
    }),
  }
}

interface Answer {
  readonly ContentLength?: number | undefined
  readonly ContentRange?: string | undefined
  readonly LastModified?: Date | undefined
  readonly ETag?: string | undefined
  readonly Metadata?: Record<string, string> | undefined
}
const foundIn = ({ ContentLength, ContentRange, LastModified, ETag, Metadata }: Answer): Found => ({
  size: ContentRange === undefined ? (ContentLength ?? 0) : Number(ContentRange.slice(ContentRange.lastIndexOf('/') + 1)),
  mtimeMs: LastModified?.getTime() ?? 0,
  etag: ETag ?? '',
  metadata: Metadata ?? {},
})

async function get(
  sdk: Sdk,
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  { start, length, etag }: GetFrom,
  abortSignal: AbortSignal,
): Promise<Opened> {
  const ranged = start > 0 || length !== undefined
  const Range = `bytes=${start}-${length === undefined ? '' : start + length - 1}`
  const asked = { ...object, ...(ranged && { Range }), ...(etag !== undefined && { IfMatch: etag }) }
  const answer = await client.send(new sdk.GetObjectCommand(asked), { abortSignal })
  return { found: foundIn(answer), body: answer.Body as unknown as AsyncIterable<Uint8Array> }
}

async function page(sdk: Sdk, client: S3Client, Bucket: string, ask: PageAsk, abortSignal: AbortSignal): Promise<Page> {
  const asked = {
    Bucket,
    Prefix: ask.prefix,
    ...(ask.shallow && { Delimiter: '/' }),
    ...(ask.startAfter !== undefined && { StartAfter: ask.startAfter }),
    ...(ask.token !== undefined && { ContinuationToken: ask.token }),
  }
  const {
    Contents = [],
    CommonPrefixes = [],
    IsTruncated,
    NextContinuationToken,
  } = await client.send(new sdk.ListObjectsV2Command(asked), { abortSignal })
  return {
    objects: Contents.map(o => ({ key: o.Key!, size: o.Size ?? 0, mtimeMs: o.LastModified?.getTime() ?? 0, etag: o.ETag ?? '' })),
    prefixes: CommonPrefixes.map(p => p.Prefix!),
    ...(IsTruncated && NextContinuationToken !== undefined && { next: NextContinuationToken }),
  }
}

/** Multipart uploads; the condition is checked when one is completed. `checked`: with checksums that the server compares. */
function partsOf(sdk: Sdk, client: () => S3Client, Bucket: string, encrypted: Encryption, checked: boolean): Parts {
  const sums = checked ? { ChecksumAlgorithm: 'CRC32' as const } : {}
  return {
    size: PART,
    most: 9000,
    atOnce: 4,
    begin: async (Key, { ifAbsent, metadata }, abortSignal): Promise<Upload> => {
      const begin = { Bucket, Key, ...encrypted, ...sums, Metadata: { ...metadata } }
      const { UploadId } = await client().send(new sdk.CreateMultipartUploadCommand(begin), { abortSignal })
      const upload = { Bucket, Key, UploadId }
      const sent = new Map<number, CompletedPart>()
      return {
        part: async ({ n, bytes }, signal) => {
          const part = { ...upload, ...sums, PartNumber: n + 1, Body: bytes, ContentLength: bytes.length }
          const { ETag, ChecksumCRC32 } = await client().send(new sdk.UploadPartCommand(part), { abortSignal: signal })
          sent.set(n, { PartNumber: n + 1, ETag, ...(checked && { ChecksumCRC32 }) })
        },
        finish: async signal => {
          const Parts = [...sent].sort(([a], [b]) => a - b).map(([, part]) => part)
          const whole = { ...upload, MultipartUpload: { Parts }, ...(ifAbsent && { IfNoneMatch: '*' }) }
          await client().send(new sdk.CompleteMultipartUploadCommand(whole), { abortSignal: signal })
        },
        abort: async signal => void (await client().send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal: signal })),
      }
    },
  }
}
