import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import * as fsp from 'node:fs/promises'
import * as os from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { nodeLocks } from './node-locks.ts'
import type { Clock, FileStat, Files, Ids, Platform, ProcessInfo } from './platform.ts'

const fsync = promisify(fs.fsync)
const fdatasync = promisify(fs.fdatasync)

const ignoreMissing = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error
}

/** Waits for the disk off the main thread, but opens and closes on it: each is some microseconds, a trip to the thread pool is fifty. */
async function syncPath(path: string, flags: string): Promise<void> {
  const fd = fs.openSync(path, flags)
  try {
    await fsync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

const SMALL = 64 * 1024

/** A log entry is written in one call to the page cache; only the wait for the disk leaves the main thread. */
async function writeSmallNew(path: string, bytes: Uint8Array, sync: boolean): Promise<void> {
  const fd = fs.openSync(path, 'wx')
  try {
    let done = 0
    while (done < bytes.length) done += fs.writeSync(fd, bytes, done)
    // the bytes and the size are what a reader needs; the name is made durable by syncDir
    if (sync) await fdatasync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

const clock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted()
    try {
      await delay(ms, undefined, signal ? { signal } : undefined)
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
}

const files: Files = {
  read: path => fsp.readFile(path),
  readRange: async (path, start, length) => {
    const handle = await fsp.open(path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(length)
      let got = 0
      while (got < length) {
        const { bytesRead } = await handle.read(buffer, got, length - got, start + got)
        if (bytesRead === 0) break
        got += bytesRead
      }
      return buffer.subarray(0, got)
    } finally {
      await handle.close()
    }
  },
  write: (path, bytes) => fsp.writeFile(path, bytes),
  writeNew: async (path, bytes, options) => {
    if (bytes.length <= SMALL) return await writeSmallNew(path, bytes, options?.sync ?? false)
    const handle = await fsp.open(path, 'wx')
    try {
      await handle.writeFile(bytes)
      if (options?.sync) await handle.datasync()
    } finally {
      await handle.close()
    }
  },
  append: (path, bytes) => fsp.appendFile(path, bytes),
  link: async (from, to) => fs.linkSync(from, to),
  rename: (from, to) => fsp.rename(from, to),
  remove: path => fsp.unlink(path).catch(ignoreMissing),
  removeTree: path => fsp.rm(path, { recursive: true, force: true }),
  makeDir: async path => void (await fsp.mkdir(path, { recursive: true })),
  list: path =>
    fsp.readdir(path).catch((error: NodeJS.ErrnoException) => {
      ignoreMissing(error)
      return []
    }),
  namesNow: path => {
    try {
      return fs.readdirSync(path)
    } catch {
      return []
    }
  },
  stat: async (path): Promise<FileStat | undefined> => {
    try {
      const s = await fsp.stat(path)
      return { path, size: s.size, mtimeMs: Math.floor(s.mtimeMs), isDirectory: s.isDirectory() }
    } catch (error) {
      ignoreMissing(error as NodeJS.ErrnoException)
      return undefined
    }
  },
  realPath: path => fsp.realpath(path),
  syncFile: path => syncPath(path, 'r+'),
  syncDir: path => syncPath(path, 'r'),
  watch: (path, changed) => {
    try {
      const watcher = fs.watch(path, { persistent: false }, changed)
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch {
      return () => {}
    }
  },
  stream: (path, options) => fs.createReadStream(path, { highWaterMark: options?.chunkSize ?? 1 << 20 }),
  tempDir: prefix => fsp.mkdtemp(join(os.tmpdir(), prefix)),
}

const ids: Ids = { uuid: () => randomUUID(), random: () => Math.random() }

const info: ProcessInfo = {
  pid: process.pid,
  host: os.hostname(),
  user: os.userInfo().username,
  cwd: process.cwd(),
  env: name => process.env[name],
  cores: os.availableParallelism(),
  onStopRequest: callback => {
    process.on('SIGINT', callback)
    process.on('SIGTERM', callback)
    return () => {
      process.off('SIGINT', callback)
      process.off('SIGTERM', callback)
    }
  },
  memory: process.constrainedMemory() > 0 && process.constrainedMemory() < os.totalmem() ? process.constrainedMemory() : os.totalmem(),
}

/** The real outside, through Node. */
export const nodePlatform: Platform = { clock, files, locks: nodeLocks, ids, process: info }
