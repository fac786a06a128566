import { randomBytes } from 'node:crypto'
import { type AzureAddresses, azureService } from '../../../scripts/services/azure.ts'
import { type GcsAddresses, gcsService } from '../../../scripts/services/gcs.ts'
import { type S3Addresses, s3Service } from '../../../scripts/services/s3.ts'
import { shared } from './shared.ts'

/** The S3 server of this test run. */
export const s3 = async (): Promise<S3Addresses> => (await shared(s3Service)).addresses
/** The Google Cloud Storage server of this test run. */
export const gcs = async (): Promise<GcsAddresses> => (await shared(gcsService)).addresses
/** The Azure emulator of this test run. */
export const azure = async (): Promise<AzureAddresses> => (await shared(azureService)).addresses

/** A bucket name that no other test has. */
export const bucketName = (name = 'test'): string => `${name}-${randomBytes(4).toString('hex')}`

/** Makes a bucket on the S3 server and gives its name. */
export async function s3Bucket(name = bucketName()): Promise<string> {
  const { S3Client, CreateBucketCommand } = await import('@aws-sdk/client-s3')
  const { endpoint, region, accessKey, secretKey } = await s3()
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: name }))
  client.destroy()
  return name
}

/** Makes a bucket on the Google Cloud Storage server and gives its name. */
export async function gcsBucket(name = bucketName()): Promise<string> {
  const { endpoint, project } = await gcs()
  const body = JSON.stringify({ name })
  const answer = await fetch(`${endpoint}/storage/v1/b?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (!answer.ok) throw new Error(`making bucket ${name}: ${answer.status} ${await answer.text()}`)
  return name
}

/** Makes a container in the Azure emulator and gives its name. */
export async function azureContainer(name = bucketName()): Promise<string> {
  const { BlobServiceClient, StorageSharedKeyCredential } = await import('@azure/storage-blob')
  const { endpoint, account, key } = await azure()
  await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key)).getContainerClient(name).create()
  return name
}

/** Settings under which a session reaches the S3 server, directly or through a proxy at another address. */
export async function s3Conf(endpoint?: string): Promise<Record<string, string>> {
  const addresses = await s3()
  return {
    'fs.s3a.endpoint': endpoint ?? addresses.endpoint,
    'fs.s3a.endpoint.region': addresses.region,
    'fs.s3a.access.key': addresses.accessKey,
    'fs.s3a.secret.key': addresses.secretKey,
    'fs.s3a.path.style.access': 'true',
  }
}
export async function gcsConf(endpoint?: string): Promise<Record<string, string>> {
  const addresses = await gcs()
  return { 'fs.gs.storage.root.url': endpoint ?? addresses.endpoint, 'fs.gs.project.id': addresses.project }
}
export async function azureConf(endpoint?: string): Promise<Record<string, string>> {
  const addresses = await azure()
  const { account, key } = addresses
  return { [`fs.azure.account.key.${account}.dfs.core.windows.net`]: key, [`fs.azure.endpoint.${account}`]: endpoint ?? addresses.endpoint }
}
