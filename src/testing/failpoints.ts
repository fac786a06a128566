import type { Sink } from '../connectors/contract.ts'
import type { Lock, Platform } from '../platform/index.ts'
import type { FileStore } from '../storage/contract.ts'

/** Thrown by every call of a process that has died at a failpoint. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

/** Where a process dies: at the n-th call from now on, or at the next call of this name (or its `nth`); before the call does anything, or right after it. */
export interface CrashAt {
  readonly at: number | string
  readonly when: 'before' | 'after'
  /** Of the calls with this name; default 1. */
  readonly nth?: number
}

/**
 * Every call through the platform's files, a store or a sink is a failpoint, numbered from 1 and named by its path,
 * e.g. `checkpoint.commits.link`. Once one is hit, every later call throws: the process is dead.
 */
export interface Failpoints {
  /** Names in the order of the calls so far. */
  readonly calls: readonly string[]
  readonly dead: boolean
  /** How often a process died so far. */
  readonly deaths: number
  /** Answers how to disarm it. */
  arm(crash: CrashAt): () => void
  /** From now on calls of these names fail with this code of Node's (`ENOSPC`, `EROFS`, `EACCES`), as a full disk would; the process lives on. Answers how to mend it. */
  break(calls: string | ((name: string) => boolean), code: string): () => void
  /** A new process: alive, nothing armed, counting from 1. */
  revive(): void
  /** From now on calls below this directory begin with this word. */
  root(word: string, directory: string): void
  /** Passes one call through as a failpoint of this name. */
  through<T>(name: string, call: () => Promise<T>): Promise<T>
  platform(platform: Platform): Platform
  store(store: FileStore): FileStore
  sink<S extends Sink>(sink: S): S
}

export interface FailpointNames {
  /** Directories by the word their failpoints begin with: `{ checkpoint: '/chk', out: '/out' }`. */
  readonly roots?: Readonly<Record<string, string>>
  /** Ends the process in earnest, where it is one that may be killed. */
  readonly kill?: (failpoint: string) => void
}

export function failpoints(names: FailpointNames = {}): Failpoints {
  const roots: Record<string, string> = { ...names.roots }
  let calls: string[] = []
  let armed: (CrashAt & { readonly from: number; seen: number }) | undefined
  let dead = false
  let deaths = 0
  let broken: { readonly hits: (name: string) => boolean; readonly code: string } | undefined
  /** Locks of the living process: the operating system drops them with it. */
  let locks: Lock[] = []

  const through = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    if (dead) throw new Crash(`dead at ${name}`)
    calls.push(name)
    if (broken?.hits(name)) throw Object.assign(new Error(`${broken.code}: ${name}`), { code: broken.code })
    const hit = armed !== undefined && (armed.at === name ? ++armed.seen === (armed.nth ?? 1) : armed.at === calls.length - armed.from)
    if (hit && armed!.when === 'before') die(name)
    const answer = await call()
    if (hit) die(name)
    return answer
  }
  const die = (name: string): never => {
    dead = true
    deaths++
    names.kill?.(name)
    throw new Crash(`killed at ${name}`)
  }
  /** Wraps every method that answers a promise; `where` names a call by its arguments. */
  const wrap = <T extends object>(object: T, where: (method: string, args: readonly unknown[]) => string): T =>
    new Proxy(object, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target)
        if (typeof value !== 'function' || typeof key !== 'string' || SYNCHRONOUS.has(key)) return value
        return (...args: unknown[]) => through(where(key, args), () => value.apply(target, args) as Promise<unknown>)
      },
    })
  return {
    get calls() {
      return calls
    },
    get dead() {
      return dead
    },
    get deaths() {
      return deaths
    },
    arm: crash => {
      armed = { ...crash, from: calls.length, seen: 0 }
      return () => {
        armed = undefined
      }
    },
    break: (calls, code) => {
      const mine = { hits: typeof calls === 'string' ? (name: string) => name === calls : calls, code }
      broken = mine
      return () => {
        if (broken === mine) broken = undefined
      }
    },
    revive: () => {
      if (dead) for (const lock of locks) if (lock.kind === 'taken') void lock.release()
      locks = []
      calls = []
      armed = undefined
      dead = false
    },
    root: (word, directory) => {
      roots[word] = directory
    },
    through,
    platform: platform => ({
      ...platform,
      files: wrap(platform.files, (method, args) => `${place(roots, method, args)}.${method}`),
      locks: {
        take: (name, note) =>
          through('locks.take', async () => {
            const lock = await platform.locks.take(name, note)
            if (lock.kind === 'taken') locks.push(lock)
            return lock
          }),
      },
    }),
    store: store => wrap(store, (method, args) => `store.${dotted(String(args[0] ?? ''))}.${method}`),
    sink: sink => wrap(sink, method => `sink.${method}`),
  }
}

/** Methods that answer no promise. */
const SYNCHRONOUS = new Set(['watch', 'stream', 'namesNow', 'powerCut'])
/** Methods whose path is a directory. */
const ON_DIRECTORIES = new Set(['syncDir', 'makeDir', 'list', 'removeTree'])

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** `checkpoint.commits` for `/chk/commits/3`: the directory of the last path among the arguments, below a known root. */
function place(roots: Readonly<Record<string, string>>, method: string, args: readonly unknown[]): string {
  const path = args.filter(arg => typeof arg === 'string').at(-1) ?? ''
  for (const [word, root] of Object.entries(roots)) {
    if (path === root) return word
    if (!path.startsWith(`${root}/`)) continue
    const below = path.slice(root.length + 1).replaceAll(UUID, 'id')
    return [word, ON_DIRECTORIES.has(method) ? below.replaceAll('/', '.') : dotted(below)].filter(Boolean).join('.')
  }
  return 'files'
}

/** Directories only, without numbers: `sources.0` stays, file names go. */
const dotted = (path: string): string => path.split('/').slice(0, -1).join('.')
