import { MillraceError } from '../../errors/index.ts'

const codeOf = (error: unknown): string => {
  for (let e = error; e instanceof Error; e = e.cause) {
    const code = (e as NodeJS.ErrnoException).code
    if (code !== undefined) return code
    const named = /No space left on device|Read-only file system|Permission denied/i.exec(e.message)?.[0].toLowerCase()
    if (named) return { 'no space left on device': 'ENOSPC', 'read-only file system': 'EROFS', 'permission denied': 'EACCES' }[named]!
  }
  return ''
}

/** Runs a write; a full disk and a directory that may not be written become conditions that name the path. */
export async function guarded<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof MillraceError) throw error
    const code = codeOf(error)
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new MillraceError('DISK_FULL', { path }, { cause: error })
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
      throw new MillraceError('READ_ONLY_DIRECTORY', { path, code }, { cause: error })
    throw error
  }
}
