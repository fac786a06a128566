import type { Storage } from '@google-cloud/storage'
import { MillraceError } from '../../errors/index.ts'
import type { Bucket, Found, GetFrom, Opened, Page, PageAsk, Parts, PutHow, Upload } from '../remote/bucket.ts'
import type { BucketPlace } from '../uri.ts'
import { deleteTogether } from './batch.ts'
import { judgeGcs } from './failures.ts'
import type { GcsSettings } from './settings.ts'

type Sdk = typeof import('@google-cloud/storage')
type GcsBucket = ReturnType<Storage['bucket']>

/** Loads the client on first use. @throws MISSING_DEPENDENCY */
const gcsLibrary = (): Promise<Sdk> =>
  import('@google-cloud/storage').catch((cause: unknown) => {
    throw new MillraceError('MISSING_DEPENDENCY', { package: '@google-cloud/storage', for: 'gs:// paths' }, { cause })
  })

const PART = 8 * 1024 * 1024
const GOOGLE = 'https://storage.googleapis.com'

/** A bucket of Google Cloud Storage, through the official client with its own repeating switched off. */
export async function gcsBucket({ bucket: name }: BucketPlace, settings: GcsSettings): Promise<Bucket> {
  const { Storage } = await gcsLibrary()
  const { endpoint = GOOGLE, project, keyFile } = settings
  const make = () =>
    new Storage({
      retryOptions: { autoRetry: false, maxRetries: 0 },
      ...(settings.endpoint !== undefined && { apiEndpoint: endpoint }),
      ...(project !== undefined && { projectId: project }),
      ...(keyFile !== undefined && { keyFilename: keyFile }),
    })
  let storage = make()
  const bucket = (): GcsBucket => storage.bucket(name)
  return {
    endpoint,
    get: async (key, from, signal) => get({ endpoint, bucket: name, key, headers: await authorization(storage, settings) }, from, signal),
    head: async key => foundIn((await bucket().file(key).getMetadata())[0]),
    put: async (key, bytes, { ifAbsent, metadata }) =>
      bucket()
        .file(key)
        .save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
          resumable: false,
          validation: false,
          metadata: { contentType: 'application/octet-stream', metadata: { ...metadata } },
          ...(ifAbsent && { preconditionOpts: { ifGenerationMatch: 0 } }),
        })
        .catch(inBucket),
    parts: partsOf(bucket),
    page: ask => page(bucket(), ask),
    deletesAtOnce: 100,
    delete: (keys, signal) => deleteTogether({ endpoint, bucket: name, keys, authorize: () => authorization(storage, settings) }, signal),
    copy: async (from, to, { metadata }) =>
      void (await bucket()
        .file(from)
        .copy(bucket().file(to), { metadata: { ...metadata } })),
    judge: judgeGcs,
    renew: () => {
      storage = make()
    },
    close: () => {},
  }
}

/** Where no object is asked for, what is not found is the bucket. */
function inBucket(error: { readonly code?: number }): never {
  throw error.code === 404 ? Object.assign(new Error('the bucket does not exist'), { code: 404 }) : error
}

/** A server at another address than Google's is not asked with Google's tokens, unless a key file says so: emulators know nobody. */
async function authorization(storage: Storage, { endpoint, keyFile }: GcsSettings): Promise<Readonly<Record<string, string>>> {
  if (endpoint !== undefined && keyFile === undefined) return {}
  const token = await storage.authClient.getAccessToken()
  return token ? { authorization: `Bearer ${token}` } : {}
}

interface Metadata {
  readonly size?: string | number | undefined
  readonly updated?: string | undefined
  readonly generation?: string | number | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}
/** A generation is a version of an object, and can be asked for. */
const foundIn = ({ size, updated, generation, metadata }: Metadata): Found => ({
  size: Number(size ?? 0),
  mtimeMs: updated === undefined ? 0 : Date.parse(updated),
  etag: String(generation ?? ''),
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k.toLowerCase(), String(v)])),
})

/** Straight from the server: the client's own stream takes no signal, and warns of too many listeners. */
async function get(asked: Asked, { start, length, etag }: GetFrom, signal: AbortSignal): Promise<Opened> {
  const { endpoint, bucket, key, headers } = asked
  const version = etag === undefined ? '' : `&ifGenerationMatch=${encodeURIComponent(etag)}`
  const ranged = start > 0 || length !== undefined
  const range = `bytes=${start}-${length === undefined ? '' : start + length - 1}`
  const answer = await fetch(`${endpoint}/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(key)}?alt=media${version}`, {
    headers: { ...headers, ...(ranged && { range }) },
    signal,
  })
  if (!answer.ok) throw Object.assign(new Error((await answer.text()).slice(0, 300)), { code: answer.status })
  return { found: answeredWith(answer.headers), body: answer.body ?? EMPTY }
}

interface Asked {
  readonly endpoint: string
  readonly bucket: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
}
const EMPTY: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} }

function answeredWith(headers: Headers): Found {
  const range = headers.get('content-range')
  return {
    size: Number(
      range === null
        ? (headers.get('x-goog-stored-content-length') ?? headers.get('content-length') ?? 0)
        : range.slice(range.lastIndexOf('/') + 1),
    ),
    mtimeMs: Date.parse(headers.get('last-modified') ?? '') || 0,
    etag: headers.get('x-goog-generation') ?? '',
    metadata: {},
  }
}

async function page(bucket: GcsBucket, ask: PageAsk): Promise<Page> {
  const asked = bucket.getFiles({
    prefix: ask.prefix,
    autoPaginate: false,
    ...(ask.shallow && { delimiter: '/' }),
    ...(ask.startAfter !== undefined && { startOffset: ask.startAfter }),
    ...(ask.token !== undefined && { pageToken: ask.token }),
  })
  const [files, next, answer] = await asked.catch(inBucket)
  const token = (next as { readonly pageToken?: string } | null | undefined)?.pageToken
  return {
    objects: files.map(file => {
      const { size, mtimeMs, etag } = foundIn(file.metadata)
      return { key: file.name, size, mtimeMs, etag }
    }),
    prefixes: (answer as { readonly prefixes?: readonly string[] } | undefined)?.prefixes ?? [],
    ...(token !== undefined && { next: token }),
  }
}

/** Resumable uploads: parts go one after the other to an address that the server gives; the condition is checked with the last one. */
function partsOf(bucket: () => GcsBucket): Parts {
  return {
    size: PART,
    most: Number.MAX_SAFE_INTEGER,
    atOnce: 1,
    begin: async (key, { ifAbsent, metadata }: PutHow): Promise<Upload> => {
      const [address] = await bucket()
        .file(key)
        .createResumableUpload({
          metadata: { contentType: 'application/octet-stream', metadata: { ...metadata } },
          ...(ifAbsent && { preconditionOpts: { ifGenerationMatch: 0 } }),
        })
      return {
        part: async ({ start, bytes, total }, signal) => {
          const end = start + bytes.length
          const headers = { 'content-range': `bytes ${start}-${end - 1}/${total}` }
          const answer = await fetch(address, {
            method: 'PUT',
            headers,
            body: bytes as Uint8Array<ArrayBuffer>,
            signal,
            redirect: 'manual',
          })
          await answer.arrayBuffer()
          const wanted = end === total ? answer.ok : answer.status === 308
          if (!wanted) throw Object.assign(new Error(`the upload was answered with status ${answer.status}`), { code: answer.status })
        },
        finish: async () => {},
        abort: async signal => void (await fetch(address, { method: 'DELETE', signal })),
      }
    },
  }
}
