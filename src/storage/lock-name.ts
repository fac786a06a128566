import { createHash } from 'node:crypto'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from './contract.ts'

/** The lock by which processes of this machine agree who works in a place: a hash of where it really is. */
export async function lockName({ localRoot, uri }: FileStore, platform: Platform): Promise<string> {
  const where = localRoot === undefined ? uri.replace(/^s3[an]:/, 's3:') : await platform.files.realPath(localRoot)
  return createHash('sha256').update(where).digest('hex').slice(0, 32)
}
