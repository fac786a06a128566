import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileStoreContract } from '../../src/testing/file-store-contract.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { KINDS, openStore } from './open.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-stores-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
let count = 0
const local = {
  localFile: async (bytes: Uint8Array) => {
    const path = join(place, `file-${++count}.parquet`)
    writeFileSync(path, bytes)
    return path
  },
  readLocal: async (path: string) => readFileSync(path),
}
const run = { run: 'r', attempt: 1 }

for (const kind of KINDS) {
  const open = async (below = '/some/place') => openStore(`${await kind.bucket()}${below}`, await kind.conf())
  describeWith(kind.name, `a store on ${kind.name}`, () => {
    describe('keeps the promises of every store', () => {
      for (const { name, skip, run } of fileStoreContract({ ...local, name: kind.name, open, races: 200 }))
        test.skipIf(skip)(name, { timeout: 120_000 }, run)
    })
    test('keeps them at the root of a bucket, too', async () => {
      const store = await open('')
      await store.write('a', new Uint8Array(3), run)
      await store.write('b/c', new Uint8Array(2), run)
      expect((await store.list('')).map(o => o.path)).toEqual(['a', 'b/c'])
      expect((await store.list('', { shallow: true })).map(o => o.path)).toEqual(['a'])
      await store.delete(['a', 'b/c'])
      expect(await store.list('')).toEqual([])
    })
    test('lists more names than one answer holds, from any of them on', { timeout: 120_000 }, async () => {
      const store = await open()
      const names = Array.from({ length: 1100 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
      for (let i = 0; i < names.length; i += 50) await Promise.all(names.slice(i, i + 50).map(n => store.write(n, new Uint8Array(1), run)))
      expect((await store.list('many')).map(o => o.path)).toEqual(names)
      expect((await store.list('many', { startAfter: names[1040]! })).map(o => o.path)).toEqual(names.slice(1041))
      await store.delete(names)
      expect(await store.list('many')).toEqual([])
    })
    test('puts a large file in parts, in little memory, and gets it back', { timeout: 120_000 }, async () => {
      const store = await open()
      const size = 40 * 1024 * 1024 + 5
      const bytes = Buffer.alloc(size, 'the quick brown fox ')
      const path = await local.localFile(bytes)
      const before = process.memoryUsage().arrayBuffers
      let most = 0
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }, 5)
      expect(await store.put(path, 'large.bin', run, { ifAbsent: true })).toBe('written')
      const staged = await store.fetch('large.bin')
      clearInterval(watch)
      expect(staged?.size).toBe(size)
      expect(readFileSync(staged!.localPath).equals(bytes)).toBe(true)
      expect(Buffer.from(await store.readRange('large.bin', size - 5, 100)).equals(bytes.subarray(size - 5))).toBe(true)
      expect(await store.put(await local.localFile(bytes), 'large.bin', run, { ifAbsent: true })).toBe('existed')
      // four parts of 8 MiB on their way, and as many being read
      expect(most).toBeLessThan(120 * 1024 * 1024)
    })
  })
}
