import { createSecureContext } from 'node:tls'
import { MillraceError } from '../../errors/index.ts'
import type { Files } from '../../platform/index.ts'

/** Reads the PEM file an option names. @throws HTTP_FILE_UNREADABLE */
export async function pemFile(files: Files, option: string, path: string): Promise<Uint8Array> {
  try {
    return await files.read(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new MillraceError('HTTP_FILE_UNREADABLE', { option, path, why }, { cause })
  }
}

export interface Identity {
  readonly cert: string
  readonly key: string
  readonly passphrase?: string | undefined
}

/** Certificate and key of a server or a client, looked at before they are used. @throws HTTP_FILE_UNREADABLE naming the option at fault */
export async function identityFiles(files: Files, names: { readonly cert: string; readonly key: string }, identity: Identity) {
  const cert = Buffer.from(await pemFile(files, names.cert, identity.cert))
  const key = Buffer.from(await pemFile(files, names.key, identity.key))
  const passphrase = identity.passphrase === undefined ? {} : { passphrase: identity.passphrase }
  usable(names.cert, identity.cert, () => createSecureContext({ cert }))
  usable(names.key, identity.key, () => createSecureContext({ cert, key, ...passphrase }))
  return { cert, key, ...passphrase }
}

function usable(option: string, path: string, use: () => unknown): void {
  try {
    use()
  } catch (cause) {
    throw new MillraceError('HTTP_FILE_UNREADABLE', { option, path, why: (cause as Error).message }, { cause })
  }
}
