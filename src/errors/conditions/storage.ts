import { conditions } from '../condition.ts'

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on that disk and start the query again: nothing is lost.',
  EDQUOT: 'Raise the quota or free some space and start the query again: nothing is lost.',
  EROFS: 'Mount it writable, or choose another location, and start the query again: nothing is lost.',
  EACCES: 'Give this user the right to write there, or choose another location, and start the query again.',
  EPERM: 'Give this user the right to write there, or choose another location, and start the query again.',
  ENOTDIR: 'A part of the path is a file: choose another location.',
  EMFILE: 'Raise the limit of open files (ulimit -n) and start the query again.',
  ExistingObjectIsDirectory: 'An object on the way to this name is a file there: choose another name.',
  NoSuchUpload: 'Something has taken away an upload that was under way (a lifecycle rule?): start the query again, nothing is lost.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Trust the certificate (NODE_EXTRA_CA_CERTS=<file>), or name an http endpoint.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Trust the certificate (NODE_EXTRA_CA_CERTS=<file>), or name an http endpoint.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Trust the certificate (NODE_EXTRA_CA_CERTS=<file>), or name an http endpoint.',
  EPROTO: 'The endpoint does not speak TLS: write http:// in front of it, or set fs.s3a.connection.ssl.enabled to false.',
}

/** Where each kind of store takes its credentials from. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  s3: 'fs.s3a.access.key and fs.s3a.secret.key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  gs: 'fs.gs.auth.service.account.json.keyfile, or GOOGLE_APPLICATION_CREDENTIALS',
  azure: 'fs.azure.account.key.<account>.dfs.core.windows.net, or AZURE_STORAGE_CONNECTION_STRING',
}
const RIGHTS: Readonly<Record<string, string>> = {
  s3: 's3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket',
  gs: 'the role Storage Object User',
  azure: 'the role Storage Blob Data Contributor',
}
type Kind = { readonly uri: string; readonly kind: string }

/** Conditions of stores. */
export const storage = conditions({
  STORAGE_FAILED: {
    domain: 'external',
    message: (p: { action: string; path: string; code: string }) => `cannot ${p.action} "${p.path}" (${p.code})`,
    hint: (p: { code: string }) => HINTS[p.code] ?? 'Mend the store and start the query again: nothing is lost.',
  },
  STORAGE_UNREACHABLE: {
    domain: 'external',
    message: (p: { uri: string; endpoint: string; code: string; attempts: number; seconds: number }) =>
      `cannot reach "${p.uri}" at ${p.endpoint}: ${p.code} (${p.attempts} attempts in ${p.seconds} s)`,
    hint: (p: { endpoint: string }) => `Check the address and the network; nothing is lost, start again once ${p.endpoint} answers.`,
  },
  STORAGE_UNAVAILABLE: {
    domain: 'external',
    message: (p: { uri: string; code: string; attempts: number; seconds: number }) =>
      `"${p.uri}" kept answering ${p.code} (${p.attempts} attempts in ${p.seconds} s)`,
    hint: () => 'The store is overloaded or out of order: nothing is lost, start again later, or raise millrace.storage.patience.',
  },
  STORAGE_ACCESS_DENIED: {
    domain: 'external',
    message: (p: Kind & { action: string; code: string }) => `not allowed to ${p.action} "${p.uri}" (${p.code})`,
    hint: ({ kind, code }: Kind & { code: string }) =>
      code === 'RequestTimeTooSkewed'
        ? 'Set this machine’s clock: it differs too much from the store’s.'
        : `Check ${CREDENTIALS[kind]}; whoever they belong to needs ${RIGHTS[kind]}.`,
  },
  STORAGE_NO_CREDENTIALS: {
    domain: 'user',
    message: (p: Kind & { reason: string }) => `no credentials for "${p.uri}": ${p.reason}`,
    hint: (p: Kind) => `Set ${CREDENTIALS[p.kind]}.`,
  },
  STORAGE_CREDENTIALS_EXPIRED: {
    domain: 'external',
    message: (p: Kind & { code: string }) =>
      `the credentials for "${p.uri}" have expired (${p.code}), and asking for new ones gave the same`,
    hint: (p: Kind) =>
      `Renew ${CREDENTIALS[p.kind]}; where they come and go, give a function that fetches them (registerCredentialProvider).`,
  },
  STORAGE_BUCKET_MISSING: {
    domain: 'user',
    message: (p: Kind & { bucket: string }) => `there is no ${p.kind === 'azure' ? 'container' : 'bucket'} "${p.bucket}" for "${p.uri}"`,
    hint: (p: { bucket: string }) => `Create "${p.bucket}" or mend the name; buckets are not made by themselves.`,
  },
  STORAGE_WRONG_REGION: {
    domain: 'user',
    message: (p: { uri: string; region: string; expected?: string }) =>
      `"${p.uri}" is not in the region "${p.region}"${p.expected ? ` but in "${p.expected}"` : ''}`,
    hint: (p: { expected?: string }) =>
      `Set fs.s3a.endpoint.region (or AWS_REGION) to ${p.expected ? `"${p.expected}"` : 'the region of the bucket'}.`,
  },
  OBJECT_MISSING: {
    domain: 'external',
    message: (p: { uri: string }) => `there is no "${p.uri}"`,
    hint: () => 'Check the name; if it was there, something else has deleted it (a lifecycle rule, a clean-up job).',
  },
  OBJECT_CHANGED: {
    domain: 'external',
    message: (p: { uri: string }) => `"${p.uri}" was replaced while it was read`,
    hint: () => 'Start again to read what is there now; write new data under new names.',
  },
  INVALID_STORE_URI: {
    domain: 'user',
    message: (p: { uri: string; expected: string }) => `"${p.uri}" names no place: expected ${p.expected}`,
    hint: (p: { expected: string }) => `Write ${p.expected}.`,
  },
  UNKNOWN_SCHEME: {
    domain: 'user',
    message: (p: { scheme: string; uri: string; known: readonly string[] }) =>
      `nothing is known under "${p.scheme}:" ("${p.uri}"): known are ${p.known.join(', ')}`,
    hint: (p: { uri: string }) =>
      `Say where it lies: Session.open({ mounts: { '${p.uri.replace(/^([a-z][a-z0-9+.-]*:\/*[^/]*).*$/i, '$1')}': './data' } }).`,
  },
  DIRECTORY_NEEDS_RECURSIVE: {
    domain: 'user',
    message: (p: { uri: string; what: string }) => `"${p.uri}" is a directory that is not empty: it is not ${p.what}`,
    hint: () => 'Pass { recursive: true } for all that is in it.',
  },
  REMOVE_NEEDS_FORCE: {
    domain: 'user',
    message: (p: { uri: string; why: string }) => `"${p.uri}" is not removed: ${p.why}`,
    hint: () => 'Pass { force: true } if that is what you want.',
  },
})
