import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { nodePlatform, type Platform } from '../platform/index.ts'
import { fileStoreContract } from '../testing/file-store-contract.ts'
import { localStore } from './index.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-store-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
const fresh = (): string => mkdtempSync(join(place, 's-'))

const noLinks: Platform = {
  ...nodePlatform,
  files: { ...nodePlatform.files, link: async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTSUP' })) },
}
const local = {
  localFile: async (bytes: Uint8Array) => {
    const path = join(fresh(), 'file')
    writeFileSync(path, bytes)
    return path
  },
  readLocal: async (path: string) => readFileSync(path),
}
const tenants = [
  { ...local, name: 'local', open: async () => localStore(fresh(), nodePlatform) },
  { ...local, name: 'local without fsync', open: async () => localStore(fresh(), nodePlatform, { sync: 'os' }) },
  {
    ...local,
    name: 'local without links',
    open: async () => localStore(fresh(), noLinks),
    skip: {
      'a reader sees all bytes of a new name or none': 'the name is written in place; a last entry that was cut off counts as not written',
    },
  },
]
for (const tenant of tenants) {
  describe(tenant.name, () => {
    for (const { name, skip, run } of fileStoreContract(tenant)) test.skipIf(skip)(name, run)
  })
}

describe('a local store', () => {
  test('costs one fsync of the file and one of its directory per entry', async () => {
    const calls: string[] = []
    const { files } = nodePlatform
    const counted: Platform['files'] = {
      ...files,
      writeNew: (path, bytes, options) => {
        calls.push(options?.sync ? 'writeNew+sync' : 'writeNew')
        return files.writeNew(path, bytes, options)
      },
    }
    for (const name of ['link', 'remove', 'syncDir', 'stat', 'makeDir', 'rename', 'syncFile'] as const) {
      const call = files[name] as (...args: unknown[]) => Promise<never>
      Object.assign(counted, {
        [name]: (...args: unknown[]) => {
          calls.push(name)
          return call(...args)
        },
      })
    }
    const store = localStore(fresh(), { ...nodePlatform, files: counted })
    await store.writeIfAbsent('offsets/0', new Uint8Array(900), { run: 'r', attempt: 1 })
    calls.length = 0
    await store.writeIfAbsent('offsets/1', new Uint8Array(900), { run: 'r', attempt: 2 })
    expect(calls).toEqual(['writeNew+sync', 'link', 'remove', 'syncDir'])
  })
  test('tells once that there are no links, and what a crash can leave', async () => {
    const told: string[] = []
    const store = localStore(fresh(), noLinks, { onNoLinks: message => told.push(message) })
    await store.writeIfAbsent('a', new Uint8Array(1), { run: 'r', attempt: 1 })
    await store.writeIfAbsent('b', new Uint8Array(1), { run: 'r', attempt: 1 })
    expect([await store.crashLeaves?.(), told.length]).toEqual(['torn', 1])
    expect(await localStore(fresh(), nodePlatform).crashLeaves?.()).toBe('whole')
  })
  test('keeps paths below its root', async () => {
    await expect(localStore('/chk', nodePlatform).stage('../x')).rejects.toMatchObject({ condition: 'INVALID_ARGUMENT' })
  })
  test('makes its directory again when somebody removed it', async () => {
    const root = fresh()
    const store = localStore(root, nodePlatform)
    await store.write('a/b', new Uint8Array(1), { run: 'r', attempt: 1 })
    rmSync(join(root, 'a'), { recursive: true })
    await store.write('a/c', new Uint8Array(1), { run: 'r', attempt: 1 })
    expect((await store.list('a')).map(o => o.path)).toEqual(['a/c'])
  })
  test('a staged file that is gone was swept by a successor of the query; nobody looks for it beforehand', async () => {
    const asked: string[] = []
    const stat: Platform['files']['stat'] = path => {
      asked.push(path)
      return nodePlatform.files.stat(path)
    }
    const root = fresh()
    const store = localStore(root, { ...nodePlatform, files: { ...nodePlatform.files, stat } })
    for (const name of ['p/1', 'p/2']) await store.put(await local.localFile(new Uint8Array(1)), name, { run: 'r', attempt: 1 })
    const staged = join(root, 'staged')
    await expect(store.put(staged, 'p/3', { run: 'r', attempt: 1 })).rejects.toMatchObject({
      condition: 'SOURCE_LOG_CONFLICT',
      params: { path: join(root, 'p/3') },
    })
    expect(asked).not.toContain(staged)
  })
  test.each(['ENOSPC', 'EROFS'])('a disk that answers %s is a condition that names path and fix', async code => {
    const broken = { ...nodePlatform.files, writeNew: async () => Promise.reject(Object.assign(new Error(code), { code })) }
    const store = localStore(fresh(), { ...nodePlatform, files: broken })
    const error: unknown = await store.write('offsets/1', new Uint8Array(1), { run: 'r', attempt: 1 }).catch(e => e)
    expect(error).toMatchObject({
      condition: 'STORAGE_FAILED',
      params: { action: 'write', path: expect.stringMatching(/^\/.*offsets\/1$/), code },
    })
  })
  test.skipIf(process.getuid?.() === 0)('a directory without the right to write is told too', async () => {
    const root = fresh()
    chmodSync(root, 0o500)
    await expect(localStore(root, nodePlatform).write('x', new Uint8Array(1), { run: 'r', attempt: 1 })).rejects.toMatchObject({
      condition: 'STORAGE_FAILED',
    })
  })
})
