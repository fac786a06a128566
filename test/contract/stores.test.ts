import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { fileStoreContract, manualClock, memoryFiles } from '../../src/testing/index.ts'
import { places } from './place.ts'

const fresh = places()

const withoutLinks: Platform = {
  ...nodePlatform,
  files: { ...nodePlatform.files, link: async (_, to) => Promise.reject(Object.assign(new Error(`no links: ${to}`), { code: 'ENOTSUP' })) },
}

const onDisk = (name: string, platform: Platform) => ({
  name,
  open: async () => localStore(fresh(), platform),
  localFile: async (bytes: Uint8Array) => {
    const path = join(fresh(), 'file')
    writeFileSync(path, bytes)
    return path
  },
  readLocal: async (path: string) => readFileSync(path),
})

function inMemory(name: string, links: boolean) {
  const clock = manualClock()
  const files = memoryFiles(clock)
  files.links = links
  const platform: Platform = { ...nodePlatform, clock, files }
  let n = 0
  return {
    name,
    open: async () => localStore(`/store${n++}`, platform),
    localFile: async (bytes: Uint8Array) => {
      await files.write(`/tmp/file${n}`, bytes)
      return `/tmp/file${n++}`
    },
    readLocal: (path: string) => files.read(path),
  }
}

const tenants = [
  onDisk('local', nodePlatform),
  onDisk('local, a disk without hard links', withoutLinks),
  inMemory('local, on the disk of the kit', true),
  inMemory('local, on the disk of the kit without hard links', false),
]
for (const tenant of tenants)
  describe(tenant.name, () => {
    for (const promise of fileStoreContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
  })

describe('a directory name with blanks and percent signs', () => {
  const tenant = {
    ...onDisk('local', nodePlatform),
    open: async () => {
      const root = join(fresh(), 'a b 100% ü')
      mkdirSync(root)
      return localStore(root, nodePlatform)
    },
  }
  for (const promise of fileStoreContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
})
