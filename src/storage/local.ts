import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import type { FileStore, ListOptions, StoredObject, WriteOptions } from './contract.ts'
import { isTemporary, type LocalPaths, localPaths } from './local-paths.ts'
import { comparePaths } from './order.ts'

export interface LocalStoreOptions {
  /** `full`: what is written is on the disk when the call answers. `os`: the operating system has it; a power cut may lose the last entries. */
  readonly sync?: 'full' | 'os'
  /** Told once when the file system has no hard links. */
  readonly onNoLinks?: (message: string) => void
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException)?.code ?? ''
const WITHOUT_LINKS = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'ENOSYS', 'EINVAL'])
const OUTSIDE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EMFILE', 'EIO', 'ESTALE'])

/** What a run has not finished yet is swept by nobody but a successor of the query. */
const sweptBy = (error: unknown, path: string): unknown =>
  codeOf(error) === 'ENOENT' ? new MillraceError('SOURCE_LOG_CONFLICT', { path }, { cause: error }) : error

/** Calls a step on the disk; what the disk refuses becomes a condition with the path and what to do. */
export async function told<T>(action: string, path: string, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    const code = codeOf(error)
    throw OUTSIDE.has(code) ? new MillraceError('STORAGE_FAILED', { action, path, code }, { cause: error }) : error
  }
}

/** A directory of this machine (a path or a `file:` URI) as a store: fsync of file and directory, links instead of overwriting. */
export function localStore(root: string, platform: Platform, options: LocalStoreOptions = {}): FileStore {
  const paths = localPaths(root, platform.process.cwd)
  const { files } = platform
  const on = <T>(action: string, path: string, step: Promise<T>): Promise<T> => told(action, paths.absolute(path), step)
  const sync = (options.sync ?? 'full') === 'full'
  const made = new Set<string>()
  const temporary = (final: string): string => paths.temporary(final, platform.ids.uuid())
  const syncParent = async (final: string): Promise<void> => {
    if (sync) await files.syncDir(paths.parent(final))
  }

  /** Runs `step` with the parent directory there; directories are made once, and their names are durable before anything in them is. */
  const inDirectory = async <T>(final: string, step: () => Promise<T>): Promise<T> => {
    const directory = paths.parent(final)
    if (!made.has(directory)) await makeDirectory(platform, paths, directory, sync)
    made.add(directory)
    try {
      return await step()
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      // somebody removed the directory under us
      await makeDirectory(platform, paths, directory, sync)
      return await step()
    }
  }

  let links: Promise<boolean> | undefined
  const hasLinks = (): Promise<boolean> => {
    links ??= tryLink(platform, paths).then(works => {
      if (!works) options.onNoLinks?.(`${paths.root} has no hard links: log entries are written in place`)
      return works
    })
    return links
  }

  const replace = async (final: string, bytes: Uint8Array): Promise<void> => {
    const temp = temporary(final)
    await inDirectory(final, () => files.writeNew(temp, bytes, { sync }))
    await files.rename(temp, final)
    await syncParent(final)
  }

  /** The name appears with all its bytes or not at all. */
  const linkNew = async (final: string, bytes: Uint8Array, after?: WriteOptions['after']): Promise<void> => {
    const temp = temporary(final)
    await inDirectory(final, () => files.writeNew(temp, bytes, { sync }))
    let linked = false
    try {
      if (after) await after
      await files.link(temp, final).catch(error => {
        throw sweptBy(error, final)
      })
      linked = true
    } finally {
      // the temporary name need not go durably: its going and the new name's coming do not wait for each other
      await Promise.all([files.remove(temp), linked ? syncParent(final) : undefined])
    }
  }

  /** Without links: the name appears first. What could not be written whole is taken back. */
  const createNew = async (final: string, bytes: Uint8Array, after?: WriteOptions['after']): Promise<void> => {
    if (after) await after
    try {
      await inDirectory(final, () => files.writeNew(final, bytes, { sync }))
      await syncParent(final)
    } catch (error) {
      if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT') await files.remove(final)
      throw error
    }
  }

  const create = async (final: string, bytes: Uint8Array, after?: WriteOptions['after']): Promise<void> =>
    (await hasLinks()) ? linkNew(final, bytes, after) : createNew(final, bytes, after)

  return {
    uri: paths.uri,
    localRoot: paths.root,
    crashLeaves: async () => ((await hasLinks()) ? 'whole' : 'torn'),
    read: async path => on('read', path, readOrNothing(platform, paths.absolute(path))),
    readRange: async (path, start, length) => on('read', path, files.readRange(paths.absolute(path), start, length)),
    write: async (path, bytes) => on('write', path, replace(paths.absolute(path), bytes)),
    writeIfAbsent: async (path, bytes, _writer, { after } = {}) => {
      const final = paths.absolute(path)
      // what it is rejected with is not the disk's word, and may come before it is waited for
      let refused: { readonly reason: unknown } | undefined
      after?.catch(reason => {
        refused = { reason }
      })
      try {
        await on('write', path, create(final, bytes, after))
      } catch (error) {
        if (refused) throw refused.reason
        if (codeOf(error) === 'EEXIST') return 'existed'
        throw error
      }
      return 'written'
    },
    list: (prefix, how = {}) => on('list', prefix, listBelow(platform, paths, prefix, how)),
    directories: prefix => on('list', prefix, directoriesBelow(platform, paths.absolute(prefix))),
    stat,
    delete: async gone => void (await Promise.all(gone.map(path => on('delete', path, files.remove(paths.absolute(path)))))),
    stage: async path => paths.absolute(path),
    fetch: async path => {
      const found = await stat(path)
      return found && { ...found, localPath: paths.absolute(path) }
    },
    release: async () => {},
    put: async (localPath, path, _writer, { ifAbsent = false } = {}) =>
      on('write', path, putIn(localPath, ifAbsent ? linkIn : moveIn, paths.absolute(path))),
    copy: async (from, to) => {
      const bytes = await on('read', from, readOrNothing(platform, paths.absolute(from)))
      if (!bytes) throw new MillraceError('OBJECT_MISSING', { uri: paths.absolute(from) })
      await on('write', to, replace(paths.absolute(to), bytes))
    },
  }

  async function stat(path: string): Promise<StoredObject | undefined> {
    const found = await on('read', path, files.stat(paths.absolute(path)))
    return found && !found.isDirectory ? { path, size: found.size, mtimeMs: found.mtimeMs } : undefined
  }

  async function putIn(localPath: string, enter: typeof moveIn, final: string): Promise<'written' | 'existed'> {
    try {
      if (sync) await files.syncFile(localPath)
      await enter(localPath, final)
      return 'written'
    } catch (error) {
      if (enter === linkIn && codeOf(error) === 'EEXIST') return 'existed'
      throw sweptBy(error, final)
    }
  }

  async function moveIn(localPath: string, final: string): Promise<void> {
    try {
      await inDirectory(final, () => files.rename(localPath, final))
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error
      await replace(final, await files.read(localPath))
      await files.remove(localPath)
      return
    }
    await syncParent(final)
  }

  /** Never over what is there. */
  async function linkIn(localPath: string, final: string): Promise<void> {
    try {
      await inDirectory(final, () => files.link(localPath, final))
      await syncParent(final)
    } catch (error) {
      if (codeOf(error) !== 'EXDEV' && !WITHOUT_LINKS.has(codeOf(error))) throw error
      await create(final, await files.read(localPath))
    }
    await files.remove(localPath)
  }
}

const readOrNothing = async (platform: Platform, path: string): Promise<Uint8Array | undefined> => {
  try {
    return await platform.files.read(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Makes a directory and the way to it; each new name is made durable in its parent. */
async function makeDirectory(platform: Platform, paths: LocalPaths, directory: string, sync: boolean): Promise<void> {
  const missing: string[] = []
  for (let at = directory; !(await platform.files.stat(at)); at = paths.parent(at)) missing.push(at)
  if (missing.length === 0) return
  await platform.files.makeDir(directory)
  if (sync) for (const made of missing) await platform.files.syncDir(paths.parent(made))
}

async function tryLink(platform: Platform, paths: LocalPaths): Promise<boolean> {
  const probe = paths.temporary(paths.absolute('link-probe'), platform.ids.uuid())
  const linked = paths.temporary(paths.absolute('link-probe'), platform.ids.uuid())
  await makeDirectory(platform, paths, paths.root, false)
  await platform.files.writeNew(probe, new Uint8Array())
  try {
    await platform.files.link(probe, linked)
    return true
  } catch (error) {
    if (WITHOUT_LINKS.has(codeOf(error))) return false
    throw error
  } finally {
    await platform.files.remove(linked)
    await platform.files.remove(probe)
  }
}

async function directoriesBelow(platform: Platform, directory: string): Promise<readonly string[]> {
  const names = await platform.files.list(directory)
  const stats = await Promise.all(names.map(name => platform.files.stat(`${directory}/${name}`)))
  return names.filter((_, i) => stats[i]?.isDirectory).sort(comparePaths)
}

async function listBelow(platform: Platform, paths: LocalPaths, prefix: string, how: ListOptions): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  const visit = async (directory: string): Promise<void> => {
    const names = await platform.files.list(paths.absolute(directory))
    const children = names.filter(name => !isTemporary(name)).map(name => (directory === '' ? name : `${directory}/${name}`))
    await Promise.all(
      children.map(async path => {
        const stat = await platform.files.stat(paths.absolute(path))
        if (stat?.isDirectory) {
          if (!how.shallow) await visit(path)
        } else if (stat && !(how.startAfter !== undefined && comparePaths(path, how.startAfter) <= 0)) {
          found.push({ path, size: stat.size, mtimeMs: stat.mtimeMs })
        }
      }),
    )
  }
  await visit(prefix.replace(/\/+$/, ''))
  return found.sort((a, b) => comparePaths(a.path, b.path))
}
