import { MillraceError } from '../../errors/index.ts'
import type { ProcessInfo } from '../../platform/index.ts'
import { azureConf, type Conf, given } from '../settings.ts'
import type { BucketPlace } from '../uri.ts'

/** How an account of Azure Blob Storage is reached, by Hadoop's settings and the environment. */
export interface AzureSettings {
  readonly account: string
  /** Of the blob service, with the account in it. */
  readonly endpoint: string
  readonly who:
    | { readonly kind: 'key'; readonly key: string }
    | { readonly kind: 'sas'; readonly token: string }
    | { readonly kind: 'client'; readonly tenant: string; readonly id: string; readonly secret: string }
    /** Whoever `@azure/identity` finds: environment, managed identity, the command line's login. */
    | { readonly kind: 'identity' }
}

export function azureSettings(place: BucketPlace, all: Conf, env: ProcessInfo['env']): AzureSettings {
  const account = place.account!
  const conf = azureConf(all, account)
  const line = connectionLine(given(env('AZURE_STORAGE_CONNECTION_STRING')), account)
  const named = given(env('AZURE_STORAGE_ACCOUNT')) === account
  const endpoint = conf('endpoint') ?? line.blobendpoint ?? `https://${account}.blob.core.windows.net`
  if (!URL.canParse(endpoint))
    throw new MillraceError('INVALID_SETTING', {
      key: `fs.azure.endpoint.${account}`,
      value: endpoint,
      expected: 'http(s)://<host>:<port>',
    })
  const key = conf('account.key') ?? line.accountkey ?? (named ? given(env('AZURE_STORAGE_KEY')) : undefined)
  const sas = sasOf(all, place) ?? line.sharedaccesssignature ?? (named ? given(env('AZURE_STORAGE_SAS_TOKEN')) : undefined)
  return { account, endpoint: endpoint.replace(/\/+$/, ''), who: whoOf(conf, key, sas) }
}

function whoOf(conf: Conf, key: string | undefined, sas: string | undefined): AzureSettings['who'] {
  const [id, secret] = [conf('account.oauth2.client.id'), conf('account.oauth2.client.secret')]
  const tenant = /\.com\/([^/]+)\//.exec(conf('account.oauth2.client.endpoint') ?? '')?.[1]
  const asked = conf('account.auth.type')?.toLowerCase()
  if (asked !== 'oauth' && key !== undefined) return { kind: 'key', key }
  if (asked !== 'oauth' && sas !== undefined) return { kind: 'sas', token: sas.replace(/^\?/, '') }
  if (id !== undefined && secret !== undefined && tenant !== undefined) return { kind: 'client', tenant, id, secret }
  return { kind: 'identity' }
}

/** `fs.azure.sas.fixed.token.<account>…`, and the older `fs.azure.sas.<container>.<account>…`. */
const sasOf = (all: Conf, { bucket, account }: BucketPlace): string | undefined =>
  azureConf(all, account!)('sas.fixed.token') ?? given(all(`fs.azure.sas.${bucket}.${account}.blob.core.windows.net`))

/** `AccountName=a;AccountKey=…;BlobEndpoint=…`, where it is this account's. Keys in lower case. */
function connectionLine(text: string | undefined, account: string): Readonly<Record<string, string>> {
  const pairs = (text ?? '')
    .split(';')
    .map(pair => [pair.slice(0, pair.indexOf('=')).toLowerCase(), pair.slice(pair.indexOf('=') + 1)] as const)
  const line = Object.fromEntries(pairs.filter(([key]) => key !== ''))
  const emulated = line['usedevelopmentstorage'] === 'true' && account === 'devstoreaccount1'
  return line['accountname'] === account || emulated ? line : {}
}
