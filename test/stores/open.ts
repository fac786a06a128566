import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import type { FileStore } from '../../src/storage/contract.ts'
import { remoteStores } from '../../src/storage/index.ts'
import { azure, azureConf, azureContainer, bucketName, gcs, gcsBucket, gcsConf, s3, s3Bucket, s3Conf } from '../support/services/buckets.ts'

/** One kind of object store, with a server of this run behind it. */
export interface Kind {
  readonly name: 's3' | 'gcs' | 'azure'
  /** Where the server listens: what a proxy stands in front of. */
  readonly server: () => Promise<string>
  /** Makes a bucket; the URI of its root. */
  readonly bucket: () => Promise<string>
  /** The URI of a bucket that does not exist. */
  readonly noBucket: () => Promise<string>
  readonly conf: (endpoint?: string) => Promise<Record<string, string>>
}

const azureUri = async (container: string): Promise<string> => `abfss://${container}@${(await azure()).account}.dfs.core.windows.net`

export const KINDS: readonly Kind[] = [
  {
    name: 's3',
    server: async () => (await s3()).endpoint,
    bucket: async () => `s3://${await s3Bucket()}`,
    noBucket: async () => `s3://${bucketName('none')}`,
    conf: s3Conf,
  },
  {
    name: 'gcs',
    server: async () => (await gcs()).endpoint,
    bucket: async () => `gs://${await gcsBucket()}`,
    noBucket: async () => `gs://${bucketName('none')}`,
    conf: gcsConf,
  },
  {
    name: 'azure',
    server: async () => (await azure()).endpoint,
    bucket: async () => azureUri(await azureContainer()),
    noBucket: () => azureUri(bucketName('none')),
    conf: azureConf,
  },
]

/** A store with these settings, beside the environment's. */
export async function openStore(
  uri: string,
  conf: Readonly<Record<string, string>>,
  platform: Platform = nodePlatform,
): Promise<FileStore> {
  return remoteStores(key => conf[key], platform).open(uri)!
}
