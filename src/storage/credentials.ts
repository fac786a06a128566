import { MillraceError } from '../errors/index.ts'

/** Credentials of an S3 user, as AWS STS gives them. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When they run out: new ones are asked for some minutes before. Without it when the store says that they have. */
  readonly expiration?: Date
}
/** Fetches credentials for a bucket (`s3://lake`); called before the first request and again when they have run out. */
export type CredentialProvider = (uri: string) => S3Credentials | Promise<S3Credentials>

const providers = new Map<string, CredentialProvider>()

/**
 * Gives a function that fetches S3 credentials a name, under which the setting `fs.s3a.aws.credentials.provider` finds it. A later function of the
 * same name takes its place. The counterpart of Hadoop's Java classes of that setting.
 *
 * @example
 * registerCredentialProvider('vault', async () => (await (await fetch('https://vault.example/s3')).json()) as S3Credentials)
 * const session = await Session.open({ conf: { 'fs.s3a.aws.credentials.provider': 'vault' } })
 */
export function registerCredentialProvider(name: string, provider: CredentialProvider): void {
  providers.set(name, provider)
}

/** The function of that name. @throws STORAGE_NO_CREDENTIALS where it is not known, throws, or gives something else. */
export function credentialsFrom(name: string, uri: string): () => Promise<S3Credentials> {
  const failed = (reason: string, cause?: unknown) => new MillraceError('STORAGE_NO_CREDENTIALS', { uri, kind: 's3', reason }, { cause })
  return async () => {
    const provider = providers.get(name)
    if (!provider) throw failed(`nobody registered a provider "${name}"`)
    let got: S3Credentials
    try {
      got = await provider(uri)
    } catch (error) {
      throw failed(`the provider "${name}" failed: ${error instanceof Error ? error.message : String(error)}`, error)
    }
    if (typeof got?.accessKeyId !== 'string' || typeof got.secretAccessKey !== 'string')
      throw failed(`the provider "${name}" gave no accessKeyId and secretAccessKey`)
    return { ...got, ...(got.expiration !== undefined && { expiration: new Date(got.expiration) }) }
  }
}
