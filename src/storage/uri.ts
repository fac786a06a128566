import { MillraceError } from '../errors/index.ts'

/** A place in an object store, as its URI says. */
export interface BucketPlace {
  readonly kind: 's3' | 'gs' | 'azure'
  /** As it was written: `s3a`. */
  readonly scheme: string
  readonly bucket: string
  /** Azure: the storage account. */
  readonly account?: string
  /** Below the bucket, without slashes at its ends; '' = all of it. */
  readonly prefix: string
  /** The bucket: `s3://lake`. */
  readonly root: string
}

interface Scheme {
  readonly kind: BucketPlace['kind']
  readonly expected: string
}
const S3: Scheme = { kind: 's3', expected: 's3://<bucket>/<path>' }
const ABFS: Scheme = { kind: 'azure', expected: 'abfss://<container>@<account>.dfs.core.windows.net/<path>' }
const WASB: Scheme = { kind: 'azure', expected: 'wasbs://<container>@<account>.blob.core.windows.net/<path>' }
const SCHEMES: Readonly<Record<string, Scheme>> = {
  s3: S3,
  s3a: S3,
  s3n: S3,
  gs: { kind: 'gs', expected: 'gs://<bucket>/<path>' },
  abfs: ABFS,
  abfss: ABFS,
  wasb: WASB,
  wasbs: WASB,
}
/** For the message of an unknown scheme. */
export const KNOWN_SCHEMES = ['file:', ...Object.keys(SCHEMES).map(scheme => `${scheme}://`)] as const

/** `s3` of `s3://bucket/x`; undefined for plain paths. */
export const schemeOf = (uri: string): string | undefined => /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase()

/** The place in an object store; undefined where the scheme is not one of theirs. @throws INVALID_STORE_URI */
export function bucketPlace(uri: string): BucketPlace | undefined {
  const scheme = schemeOf(uri)
  const known = scheme === undefined || !Object.hasOwn(SCHEMES, scheme) ? undefined : SCHEMES[scheme]
  if (!known) return undefined
  const parts = /^[a-z0-9]+:\/\/([^/]+)(?:\/+(.*))?$/i.exec(uri)
  const authority = parts && authorityOf(known, parts[1]!)
  if (!authority) throw new MillraceError('INVALID_STORE_URI', { uri, expected: known.expected })
  const prefix = (parts[2] ?? '').replace(/\/+$/, '')
  return { kind: known.kind, scheme: scheme!, ...authority, prefix, root: `${scheme}://${parts[1]}` }
}

function authorityOf({ kind }: Scheme, text: string): { readonly bucket: string; readonly account?: string } | undefined {
  if (kind !== 'azure') return /[@:]/.test(text) ? undefined : { bucket: text }
  const [, bucket, account] = /^([^@]+)@([^.@]+)(?:\..+)?$/.exec(text) ?? []
  return bucket === undefined || account === undefined ? undefined : { bucket, account }
}
