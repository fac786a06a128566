import { basename, dirname, resolve } from 'node:path'
import type { Clock, Files } from '../platform/index.ts'

/**
 * A disk in memory that knows what is durable: bytes after `syncFile` (or a synced `writeNew`), names after `syncDir`.
 * `powerCut()` takes the rest away, as pulling the plug would; a killed process loses nothing.
 */
export interface MemoryFiles extends Files {
  powerCut(): void
  /** Do hard links work? */
  links: boolean
}

interface Inode {
  bytes: Uint8Array
  durable: Uint8Array | undefined
  mtimeMs: number
}
interface Directory {
  readonly names: Map<string, Inode | Directory>
  readonly durable: Map<string, Inode | Directory>
}

const isDirectory = (node: Inode | Directory): node is Directory => 'names' in node
const newDirectory = (): Directory => ({ names: new Map(), durable: new Map() })

function fail(code: string, path: string): never {
  throw Object.assign(new Error(`${code}: ${path}`), { code })
}

export function memoryFiles(clock: Clock): MemoryFiles {
  const root = newDirectory()
  const find = (path: string): Inode | Directory | undefined => {
    let node: Inode | Directory | undefined = root
    for (const part of resolve('/', path).split('/').filter(Boolean)) {
      if (!node || !isDirectory(node)) return undefined
      node = node.names.get(part)
    }
    return node
  }
  const parent = (path: string): Directory => {
    const node = find(dirname(resolve('/', path)))
    return node && isDirectory(node) ? node : fail('ENOENT', path)
  }
  const file = (path: string): Inode => {
    const node = find(path)
    return node && !isDirectory(node) ? node : fail('ENOENT', path)
  }
  const makeDir = (path: string): void => {
    let node: Directory = root
    for (const part of resolve('/', path).split('/').filter(Boolean)) {
      const below: Inode | Directory = node.names.get(part) ?? newDirectory()
      if (!isDirectory(below)) fail('ENOTDIR', path)
      node.names.set(part, below)
      node = below
    }
  }
  const put = (path: string, bytes: Uint8Array, durable: boolean): void => {
    const copy = bytes.slice()
    const old = find(path)
    if (old && !isDirectory(old)) Object.assign(old, { bytes: copy, mtimeMs: clock.now() })
    else parent(path).names.set(basename(path), { bytes: copy, durable: durable ? copy : undefined, mtimeMs: clock.now() })
  }
  makeDir('/tmp')

  const files: MemoryFiles = {
    links: true,
    powerCut: () => cut(root),
    read: async path => file(path).bytes.slice(),
    readRange: async (path, start, length) => file(path).bytes.slice(start, start + length),
    write: async (path, bytes) => put(path, bytes, false),
    writeNew: async (path, bytes, options) => {
      if (find(path)) fail('EEXIST', path)
      put(path, bytes, options?.sync ?? false)
    },
    append: async (path, bytes) => {
      const old = find(path) ? file(path).bytes : new Uint8Array()
      put(path, Buffer.concat([old, bytes]), false)
    },
    link: async (from, to) => {
      if (!files.links) fail('ENOTSUP', to)
      const node = file(from)
      if (find(to)) fail('EEXIST', to)
      parent(to).names.set(basename(to), node)
    },
    rename: async (from, to) => {
      const node = find(from) ?? fail('ENOENT', from)
      parent(to).names.set(basename(to), node)
      parent(from).names.delete(basename(from))
    },
    remove: async path => {
      if (find(path)) parent(path).names.delete(basename(path))
    },
    removeTree: async path => {
      if (find(path)) parent(path).names.delete(basename(path))
    },
    makeDir: async path => makeDir(path),
    list: async path => {
      const node = find(path)
      return node && isDirectory(node) ? [...node.names.keys()] : []
    },
    stat: async path => {
      const node = find(path)
      if (!node) return undefined
      return isDirectory(node)
        ? { path, size: 0, mtimeMs: 0, isDirectory: true }
        : { path, size: node.bytes.length, mtimeMs: node.mtimeMs, isDirectory: false }
    },
    realPath: async path => resolve('/', path),
    syncFile: async path => {
      const node = file(path)
      node.durable = node.bytes
    },
    syncDir: async path => {
      const node = find(path)
      if (!node || !isDirectory(node)) return fail('ENOENT', path)
      node.durable.clear()
      for (const [name, child] of node.names) node.durable.set(name, child)
    },
    watch: () => () => {},
    async *stream(path) {
      yield file(path).bytes
    },
    tempDir: async prefix => {
      const path = `/tmp/${prefix}${Math.floor(clock.now())}`
      makeDir(path)
      return path
    },
  }
  return files
}

/** Only durable names stay, with their durable bytes (a file that was never synced is there, empty). */
function cut(directory: Directory): void {
  directory.names.clear()
  for (const [name, node] of directory.durable) {
    directory.names.set(name, node)
    if (isDirectory(node)) cut(node)
    else {
      node.durable ??= new Uint8Array()
      node.bytes = node.durable
    }
  }
}
