import type { SettingRow, SettingType } from './settings-table.ts'

const honour = (type: SettingType, doc: string, value?: string): SettingRow => ({
  do: 'honour',
  type,
  doc,
  ...(value !== undefined && { default: value }),
})
const accept = (why: string): SettingRow => ({ do: 'accept', why })
const refuse = (unless: string, why: string, instead: string): SettingRow => ({ do: 'refuse', unless, why, instead })

const PARTS = 'large objects go up in parts of 8 MiB, four at a time'
const PATIENT = 'see millrace.storage.patience'
const NO_JVM = 'there is no Hadoop here'
const NO_RENAME = 'nothing is ever renamed, so no committer is needed'
const NO_STREAMS = 'files are copied whole before they are read'
const ROLE = refuse(
  '',
  'roles are assumed by the AWS client itself',
  'Name the role in the shared configuration (role_arn) and set AWS_PROFILE.',
)
const PROXY = refuse('', 'requests go straight to the endpoint', 'Set fs.s3a.endpoint to the address of a gateway.')

const S3A: Readonly<Record<string, SettingRow>> = {
  endpoint: honour('text', 'Where the S3 server listens; not set: Amazon’s, or AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL.'),
  'endpoint.region': honour('text', 'Region of the bucket; not set: AWS_REGION, the shared configuration, else us-east-1.'),
  'access.key': honour('text', 'Access key; not set: what the AWS client finds (AWS_ACCESS_KEY_ID, shared files, roles).'),
  'secret.key': honour('text', 'Secret key of `fs.s3a.access.key`.'),
  'session.token': honour('text', 'Session token of temporary keys.'),
  'path.style.access': honour('boolean', 'Bucket in the path instead of the host; not set: yes for endpoints other than Amazon’s.'),
  'connection.ssl.enabled': honour('boolean', 'https, where the endpoint is given without `http://` or `https://`.', 'true'),
  'aws.credentials.provider': honour(
    'text',
    'A name given to `registerCredentialProvider`, or one of Hadoop’s classes: keys of the settings, anonymous, or the AWS client’s own chain.',
  ),
  'encryption.algorithm': honour('text', 'Encryption on the server: `SSE-S3` or `SSE-KMS`.'),
  'encryption.key': honour('text', 'Key of `SSE-KMS`.'),
  'connection.establish.timeout': honour('interval', 'How long a connection may take.', '5 seconds'),
  'connection.timeout': honour('interval', 'How long a request may be silent.', '1 minute'),
  'connection.maximum': honour('integer', 'Most connections at a time.', '64'),
  'retry.interval': honour('interval', 'Pause before a second attempt; each further one is twice as long.', '100 ms'),
  'attempts.maximum': accept(PATIENT),
  'retry.limit': accept(PATIENT),
  'retry.throttle.limit': accept(PATIENT),
  'retry.throttle.interval': accept(PATIENT),
  impl: accept(NO_JVM),
  'signing-algorithm': accept('requests are signed with version 4'),
  'fast.upload': accept(PARTS),
  'fast.upload.buffer': accept(PARTS),
  'fast.upload.active.blocks': accept(PARTS),
  'multipart.size': accept(PARTS),
  'multipart.threshold': accept(PARTS),
  'multipart.purge': accept('uploads that fail are taken back at once'),
  'multipart.purge.age': accept('uploads that fail are taken back at once'),
  'block.size': accept(NO_STREAMS),
  'buffer.dir': accept('see millrace.tempDirectory'),
  'readahead.range': accept(NO_STREAMS),
  'experimental.input.fadvise': accept(NO_STREAMS),
  'input.fadvise': accept(NO_STREAMS),
  'change.detection.mode': accept('an object that changes while it is read is always noticed'),
  'change.detection.source': accept('an object that changes while it is read is always noticed'),
  'committer.name': accept(NO_RENAME),
  'committer.magic.enabled': accept(NO_RENAME),
  'committer.staging.conflict-mode': accept(NO_RENAME),
  'committer.threads': accept(NO_RENAME),
  'threads.max': accept('see fs.s3a.connection.maximum'),
  'threads.keepalivetime': accept('see fs.s3a.connection.maximum'),
  'max.total.tasks': accept('see fs.s3a.connection.maximum'),
  'paging.maximum': accept('pages are as large as the server makes them'),
  'list.version': accept('listing is version 2'),
  'directory.marker.retention': accept('there are no directory markers'),
  'metadatastore.impl': accept('S3 is consistent'),
  'ssl.channel.mode': accept('TLS is Node’s'),
  'socket.send.buffer': accept('sockets are Node’s'),
  'socket.recv.buffer': accept('sockets are Node’s'),
  'assumed.role.arn': ROLE,
  'assumed.role.credentials.provider': ROLE,
  'proxy.host': PROXY,
  'proxy.port': PROXY,
  'server-side-encryption-algorithm': refuse('', 'it has a newer name', 'Set fs.s3a.encryption.algorithm.'),
  'server-side-encryption.key': refuse('', 'it has a newer name', 'Set fs.s3a.encryption.key.'),
  'requester.pays.enabled': refuse('false', 'the header is not sent', 'Read through an account that owns the bucket.'),
  'acl.default': refuse('', 'objects get the bucket’s access rules', 'Set the rules on the bucket.'),
}

/** Settings of object stores, by the names they have in Hadoop; also written with `spark.hadoop.` in front. */
export const STORE_SETTINGS: Readonly<Record<string, SettingRow>> = {
  ...Object.fromEntries(Object.entries(S3A).map(([key, row]) => [`fs.s3a.${key}`, row])),
  'fs.s3.impl': accept(NO_JVM),
  'fs.AbstractFileSystem.s3a.impl': accept(NO_JVM),
  'fs.gs.project.id': honour('text', 'Google Cloud project; not set: GOOGLE_CLOUD_PROJECT.'),
  'fs.gs.auth.service.account.json.keyfile': honour(
    'text',
    'Key file of a service account; not set: GOOGLE_APPLICATION_CREDENTIALS, or the machine’s own account.',
  ),
  'google.cloud.auth.service.account.json.keyfile': honour('text', 'The same as `fs.gs.auth.service.account.json.keyfile`.'),
  'fs.gs.storage.root.url': honour('text', 'Where Cloud Storage listens; not set: Google’s, or STORAGE_EMULATOR_HOST.'),
  'fs.gs.impl': accept(NO_JVM),
  'fs.AbstractFileSystem.gs.impl': accept(NO_JVM),
  'fs.gs.auth.type': accept('a key file is used where one is set'),
  'fs.gs.auth.service.account.enable': accept('a key file is used where one is set'),
  'google.cloud.auth.service.account.enable': accept('a key file is used where one is set'),
  'fs.azure.impl': accept(NO_JVM),
  'fs.abfs.impl': accept(NO_JVM),
  'fs.abfss.impl': accept(NO_JVM),
  'fs.AbstractFileSystem.abfs.impl': accept(NO_JVM),
  'fs.AbstractFileSystem.abfss.impl': accept(NO_JVM),
  'fs.azure.createRemoteFileSystemDuringInitialization': refuse(
    'false',
    'containers are not made by themselves',
    'Create the container first.',
  ),
  'millrace.storage.patience': honour(
    'interval',
    'How long an object store that fails or is silent is asked again before the query ends.',
    '2 minutes',
  ),
}

interface Family {
  /** As a person reads it. */
  readonly name: string
  readonly pattern: RegExp
  readonly row: SettingRow
}
const AZURE = String.raw`(?:\.[^.]+(?:\.(?:dfs|blob)\.core\.windows\.net)?)?`
const azure = (key: string, doc: string, type: SettingType = 'text'): Family => ({
  name: `fs.azure.${key}.<account>.dfs.core.windows.net`,
  pattern: new RegExp(`^fs\\.azure\\.${key.replaceAll('.', '\\.')}${AZURE}$`),
  row: honour(type, doc),
})

/** Settings with a name inside. What stands behind Azure's key may be left out: for all accounts. */
export const STORE_FAMILIES: readonly Family[] = [
  azure('account.key', 'Key of a storage account; not set: AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY.'),
  azure('account.auth.type', '`SharedKey`, `SAS`, or `OAuth` for a client or managed identity.'),
  azure('account.oauth.provider.type', 'A Java class; which identity is used follows from the other settings.'),
  azure('account.oauth2.client.id', 'Application that logs in.'),
  azure('account.oauth2.client.secret', 'Its secret.'),
  azure('account.oauth2.client.endpoint', '`https://login.microsoftonline.com/<tenant>/oauth2/token`.'),
  azure('sas.fixed.token', 'A shared access signature; not set: AZURE_STORAGE_SAS_TOKEN.'),
  azure('endpoint', 'Where the blob service of the account listens, e.g. an emulator: `http://127.0.0.1:10000/<account>`.'),
  {
    name: 'fs.azure.sas.<container>.<account>.blob.core.windows.net',
    pattern: /^fs\.azure\.sas\.(?!fixed\.)[^.]+\.[^.]+\.blob\.core\.windows\.net$/,
    row: honour('text', 'A shared access signature of one container.'),
  },
]

const HADOOP = 'spark.hadoop.'
const OURS = /^(?:fs\.(?:s3a|gs|azure)\.|google\.cloud\.auth\.)/

/** The key without `spark.hadoop.`, where it is a store's. */
export const canonicalKey = (key: string): string => {
  const bare = key.startsWith(HADOOP) ? key.slice(HADOOP.length) : key
  return OURS.test(bare) || Object.hasOwn(STORE_SETTINGS, bare) ? bare : key
}

/** Does the key belong to stores, so that an unknown one is refused? */
export const isStoreKey = (key: string): boolean => OURS.test(canonicalKey(key))

/** What becomes of a store's setting; undefined for unknown ones. `fs.s3a.bucket.<bucket>.…` is for one bucket. */
export function storeSetting(key: string): SettingRow | undefined {
  const name = canonicalKey(key)
  if (Object.hasOwn(STORE_SETTINGS, name)) return STORE_SETTINGS[name]
  const family = STORE_FAMILIES.find(f => f.pattern.test(name))
  if (family) return family.row
  const perBucket = /^fs\.s3a\.bucket\.(.+)$/.exec(name)?.[1]
  if (perBucket === undefined) return undefined
  // buckets may have dots in their names
  const option = Object.keys(S3A).find(option => perBucket.endsWith(`.${option}`))
  return option === undefined ? undefined : S3A[option]
}
