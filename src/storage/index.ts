import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore } from './contract.ts'

export type * from './contract.ts'

/** A directory of this machine as a store. */
export function localStore(root: string, _platform: Platform): FileStore {
  throw new MillraceError('NOT_SUPPORTED', { what: `a store at ${root}` })
}
