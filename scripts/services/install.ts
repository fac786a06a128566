import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeLocks } from '../../src/platform/node-locks.ts'
import { cacheDirectory } from './service.ts'

const ASK_AGAIN_MS = 100

/** Runs `work` while no other process of this machine does anything under `name`; a process that dies lets go. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const key = createHash('sha256').update(name).digest('hex').slice(0, 24)
  for (;;) {
    const lock = await nodeLocks.take(`services-${key}`, String(process.pid))
    if (lock.kind === 'taken') {
      try {
        return await work()
      } finally {
        await lock.release()
      }
    }
    await sleep(ASK_AGAIN_MS)
  }
}

export const isInstalled = (name: string): boolean => existsSync(join(cacheDirectory(), name))

/**
 * The folder `name` of the cache, made by `make` in a temporary folder and renamed when it is whole.
 * What is in `name` never changes: put the version into it.
 */
export async function installed(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const target = join(cacheDirectory(), name)
  if (existsSync(target)) return target
  return alone(target, async () => {
    if (existsSync(target)) return target
    await mkdir(dirname(target), { recursive: true })
    // Whoever died while installing left these.
    const begun = (await readdir(dirname(target))).filter(entry => entry.startsWith(`${basename(target)}.part-`))
    for (const entry of begun) await rm(join(dirname(target), entry), { recursive: true, force: true })
    const temporary = await mkdtemp(`${target}.part-`)
    try {
      console.error(`installing ${name} …`)
      const began = performance.now()
      await make(temporary)
      await rename(temporary, target)
      console.error(`installed ${name} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
      return target
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  })
}
