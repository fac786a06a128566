import type { ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob'
import { MillraceError } from '../../errors/index.ts'
import type { Bucket, Found, GetFrom, Opened, Page, PageAsk, Parts, PutHow, Upload } from '../remote/bucket.ts'
import type { BucketPlace } from '../uri.ts'
import { judgeAzure } from './failures.ts'
import type { AzureSettings } from './settings.ts'

type Sdk = typeof import('@azure/storage-blob')

/** Loads the client on first use. @throws MISSING_DEPENDENCY */
const azureLibrary = (): Promise<Sdk> =>
  import('@azure/storage-blob').catch((cause: unknown) => {
    throw new MillraceError('MISSING_DEPENDENCY', { package: '@azure/storage-blob', for: 'abfss:// and wasbs:// paths' }, { cause })
  })
const identityLibrary = (): Promise<typeof import('@azure/identity')> =>
  import('@azure/identity').catch((cause: unknown) => {
    throw new MillraceError(
      'MISSING_DEPENDENCY',
      { package: '@azure/identity', for: 'logging in to Azure without an account key' },
      { cause },
    )
  })

const PART = 8 * 1024 * 1024
/** As many as other stores give; five times as many would be some megabytes of XML. */
const PAGE = 1000

/** A container of Azure Blob Storage, through the official client with its own repeating switched off. */
export async function azureBucket({ bucket: name }: BucketPlace, settings: AzureSettings): Promise<Bucket> {
  const sdk = await azureLibrary()
  const credential = await credentialOf(sdk, settings)
  const url = `${settings.endpoint}/${encodeURIComponent(name)}${settings.who.kind === 'sas' ? `?${settings.who.token}` : ''}`
  const container = new sdk.ContainerClient(url, credential, { retryOptions: { maxTries: 1 } })
  const blob = (key: string) => container.getBlockBlobClient(key)
  return {
    endpoint: settings.endpoint,
    get: (key, from, signal) => get(container, key, from, signal),
    head: async (key, abortSignal) => foundIn(await blob(key).getProperties({ abortSignal })),
    put: async (key, bytes, how, abortSignal) =>
      void (await blob(key).upload(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length, {
        abortSignal,
        ...conditions(how),
      })),
    parts: partsOf(container),
    page: (ask, signal) => page(container, ask, signal),
    deletesAtOnce: 256,
    delete: async (keys, abortSignal) => {
      const answer = await container.getBlobBatchClient().deleteBlobs(
        keys.map(key => container.getBlobClient(key)),
        { abortSignal },
      )
      const failed = answer.subResponses.find(sub => sub.status >= 300 && sub.status !== 404)
      if (failed) throw Object.assign(new Error(failed.statusMessage), { statusCode: failed.status, code: failed.errorCode })
    },
    copy: async (from, to, { metadata }, abortSignal) => {
      const target = blob(to)
      const copying = await target.beginCopyFromURL(blob(from).url, { abortSignal, metadata: { ...metadata } })
      await copying.pollUntilDone()
    },
    judge: judgeAzure,
    renew: () => {},
    close: () => {},
  }
}

async function credentialOf(sdk: Sdk, { account, who }: AzureSettings) {
  if (who.kind === 'key') return new sdk.StorageSharedKeyCredential(account, who.key)
  if (who.kind === 'sas') return new sdk.AnonymousCredential()
  const { ClientSecretCredential, DefaultAzureCredential } = await identityLibrary()
  return who.kind === 'client' ? new ClientSecretCredential(who.tenant, who.id, who.secret) : new DefaultAzureCredential()
}

const conditions = ({ ifAbsent, metadata }: PutHow) => ({
  metadata: { ...metadata },
  ...(ifAbsent && { conditions: { ifNoneMatch: '*' } }),
})

interface Answer {
  readonly contentLength?: number
  readonly contentRange?: string
  readonly lastModified?: Date
  readonly etag?: string
  readonly metadata?: Record<string, string>
}
const foundIn = ({ contentLength, contentRange, lastModified, etag, metadata }: Answer): Found => ({
  size: contentRange === undefined ? (contentLength ?? 0) : Number(contentRange.slice(contentRange.lastIndexOf('/') + 1)),
  mtimeMs: lastModified?.getTime() ?? 0,
  etag: etag?.replaceAll('"', '') ?? '',
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k.toLowerCase(), v])),
})

async function get(container: ContainerClient, key: string, { start, length, etag }: GetFrom, abortSignal: AbortSignal): Promise<Opened> {
  const answer = await container.getBlobClient(key).download(start, length, {
    abortSignal,
    maxRetryRequests: 0,
    ...(etag !== undefined && { conditions: { ifMatch: `"${etag}"` } }),
  })
  return { found: foundIn(answer), body: answer.readableStreamBody as unknown as AsyncIterable<Uint8Array> }
}

async function page(container: ContainerClient, ask: PageAsk, abortSignal: AbortSignal): Promise<Page> {
  const how = { prefix: ask.prefix, abortSignal, includeMetadata: true }
  const from = { maxPageSize: PAGE, ...(ask.token !== undefined && { continuationToken: ask.token }) }
  const pages = ask.shallow ? container.listBlobsByHierarchy('/', how).byPage(from) : container.listBlobsFlat(how).byPage(from)
  const { segment, continuationToken } = (await pages[Symbol.asyncIterator]().next()).value as ContainerListBlobFlatSegmentResponse
  return {
    objects: segment.blobItems
      // directories of accounts with a hierarchical namespace
      .filter(item => item.metadata?.['hdi_isfolder'] !== 'true')
      .map(({ name: key, properties }) => {
        const { size, mtimeMs, etag } = foundIn(properties)
        return { key, size, mtimeMs, etag }
      }),
    prefixes:
      ('blobPrefixes' in segment ? (segment.blobPrefixes as readonly { readonly name: string }[] | undefined) : undefined)?.map(
        p => p.name,
      ) ?? [],
    ...(continuationToken && { next: continuationToken }),
  }
}

/** Blocks that are put together by one list; the condition is checked with it. Blocks that no list names go by themselves after a week. */
function partsOf(container: ContainerClient): Parts {
  return {
    size: PART,
    most: 50_000,
    atOnce: 4,
    begin: async (key, how): Promise<Upload> => {
      const blob = container.getBlockBlobClient(key)
      const upload = how.metadata['millraceput'] ?? key
      const idOf = (n: number): string => Buffer.from(`${upload}-${String(n).padStart(6, '0')}`).toString('base64')
      const sent = new Set<number>()
      return {
        part: async ({ n, bytes }, abortSignal) => {
          await blob.stageBlock(idOf(n), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length, { abortSignal })
          sent.add(n)
        },
        finish: async abortSignal => {
          const blocks = [...sent].sort((a, b) => a - b).map(idOf)
          await blob.commitBlockList(blocks, { abortSignal, ...conditions(how) })
        },
        abort: async () => {},
      }
    },
  }
}
