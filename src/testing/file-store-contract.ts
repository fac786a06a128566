import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import type { FileStore } from '../storage/contract.ts'
import { type ContractCase, casesOf } from './contract-case.ts'

/** A store to try, opened on an empty place; called again for each test. */
export interface FileStoreTenant {
  readonly name: string
  open(): Promise<FileStore>
  /** Writes a file of this machine, for `put`; answers its path. */
  localFile(bytes: Uint8Array): Promise<string>
  readLocal(path: string): Promise<Uint8Array>
  /** How many races of five writers are run; default 10. */
  readonly races?: number
  /** Tests this store cannot pass, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (found: Uint8Array | undefined): string | undefined => found && new TextDecoder().decode(found)
const writer = (run: string, attempt = 1) => ({ run, attempt })

const CASES: Readonly<Record<string, (store: FileStore, tenant: FileStoreTenant) => Promise<void>>> = {
  'what is written is read, and what is not there is undefined': async store => {
    await store.write('a/b', bytes('one'), writer('r'))
    strictEqual(text(await store.read('a/b')), 'one')
    strictEqual(await store.read('a/c'), undefined)
    strictEqual(await store.read('x/y/z'), undefined)
    strictEqual(await store.stat('a/c'), undefined)
    strictEqual((await store.stat('a/b'))?.size, 3)
  },
  'write replaces, writeIfAbsent does not': async store => {
    await store.write('a', bytes('one'), writer('r'))
    await store.write('a', bytes('three'), writer('r', 2))
    strictEqual(await store.writeIfAbsent('a', bytes('two'), writer('s')), 'existed')
    strictEqual(text(await store.read('a')), 'three')
    strictEqual(await store.writeIfAbsent('b', bytes('two'), writer('s')), 'written')
    strictEqual(text(await store.read('b')), 'two')
  },
  'of five writers of one name exactly one wins, and its bytes stay': async (store, { races = 10 }) => {
    for (let round = 0; round < races; round++) {
      const path = `race/${round}`
      const answers = await Promise.all(
        [0, 1, 2, 3, 4].map(n => store.writeIfAbsent(path, bytes(`writer ${n}`.repeat(50)), writer(`w${n}`))),
      )
      strictEqual(answers.filter(a => a === 'written').length, 1)
      strictEqual(text(await store.read(path)), `writer ${answers.indexOf('written')}`.repeat(50))
    }
  },
  'a name appears only after what it waits for, and not at all when that fails': async store => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const writing = store.writeIfAbsent('w/1', bytes('one'), writer('r'), { after: promise })
    await store.write('other', bytes('x'), writer('r'))
    strictEqual(await store.read('w/1'), undefined)
    resolve()
    strictEqual(await writing, 'written')
    strictEqual(text(await store.read('w/1')), 'one')
    const failed = Object.assign(new Error('no'), { code: 'EEXIST' })
    const after = Promise.reject(failed)
    strictEqual(await store.writeIfAbsent('w/2', bytes('two'), writer('r'), { after }).catch(e => e), failed)
    deepStrictEqual(
      (await store.list('w')).map(o => o.path),
      ['w/1'],
    )
  },
  'a reader sees all bytes of a new name or none': async store => {
    const long = bytes('x'.repeat(200_000))
    const writing = store.writeIfAbsent('whole', long, writer('r'))
    const seen: number[] = []
    let going = true
    void writing.finally(() => {
      going = false
    })
    while (going) seen.push((await store.read('whole'))?.length ?? 0)
    await writing
    ok(seen.every(size => size === 0 || size === long.length))
  },
  'a range is read by start and length': async store => {
    await store.write('r', bytes('0123456789'), writer('r'))
    strictEqual(text(await store.readRange('r', 2, 3)), '234')
    strictEqual(text(await store.readRange('r', 0, 10)), '0123456789')
    strictEqual(text(await store.readRange('r', 8, 10)), '89')
    strictEqual((await store.readRange('r', 10, 3)).length, 0)
  },
  'listing is complete, sorted, at any depth or shallow, after a name': async store => {
    const names = ['l/10', 'l/2', 'l/a/1', 'l/a/b/2', 'l/b', 'la/x']
    for (const name of names) await store.write(name, bytes(name), writer('r'))
    const paths = async (...how: Parameters<FileStore['list']>): Promise<string[]> => (await store.list(...how)).map(o => o.path)
    deepStrictEqual(await paths('l'), ['l/10', 'l/2', 'l/a/1', 'l/a/b/2', 'l/b'])
    deepStrictEqual(await paths('l', { shallow: true }), ['l/10', 'l/2', 'l/b'])
    deepStrictEqual(await paths('l', { startAfter: 'l/2' }), ['l/a/1', 'l/a/b/2', 'l/b'])
    deepStrictEqual(await paths('l', { startAfter: 'l/20' }), ['l/a/1', 'l/a/b/2', 'l/b'])
    deepStrictEqual(await paths('l', { startAfter: 'l/2', shallow: true }), ['l/b'])
    deepStrictEqual(await paths(''), ['l/10', 'l/2', 'l/a/1', 'l/a/b/2', 'l/b', 'la/x'])
    deepStrictEqual(await paths('nothing'), [])
    deepStrictEqual([await store.directories(''), await store.directories('l'), await store.directories('l/')], [['l', 'la'], ['a'], ['a']])
    deepStrictEqual(await store.directories('nothing'), [])
    strictEqual((await store.list('l'))[0]?.size, 4)
  },
  'every name of many written at once is listed': async store => {
    const names = Array.from({ length: 200 }, (_, i) => `many/${i}`)
    await Promise.all(names.map(name => store.writeIfAbsent(name, bytes(name), writer('r'))))
    deepStrictEqual((await store.list('many')).map(o => o.path).sort(), names.sort())
  },
  'deleted objects are gone, missing ones are fine, and the name is free again': async store => {
    await store.write('d', bytes('1'), writer('r'))
    await store.delete(['d', 'never'])
    strictEqual(await store.read('d'), undefined)
    strictEqual(await store.writeIfAbsent('d', bytes('2'), writer('r')), 'written')
  },
  'a finished local file is put there whole': async (store, tenant) => {
    const path = await tenant.localFile(bytes('rows'))
    strictEqual(await store.put(path, 'p/rows.parquet', writer('r')), 'written')
    strictEqual(text(await store.read('p/rows.parquet')), 'rows')
    await rejects(tenant.readLocal(path))
  },
  'a local file put under a taken name leaves what is there, unless it may replace it': async (store, tenant) => {
    await store.write('p/x', bytes('one'), writer('r'))
    const put = async (rows: string, ifAbsent: boolean) => store.put(await tenant.localFile(bytes(rows)), 'p/x', writer('s'), { ifAbsent })
    strictEqual(await put('two', true), 'existed')
    strictEqual(text(await store.read('p/x')), 'one')
    strictEqual(await put('three', false), 'written')
    strictEqual(text(await store.read('p/x')), 'three')
    strictEqual(await store.put(await tenant.localFile(bytes('four')), 'p/y', writer('s'), { ifAbsent: true }), 'written')
    strictEqual(text(await store.read('p/y')), 'four')
  },
  'a copy has the bytes of the original, and replaces': async store => {
    await store.write('c/a b', bytes('rows'), writer('r'))
    await store.write('c/to', bytes('old'), writer('r'))
    await store.copy('c/a b', 'c/to', writer('r', 2))
    strictEqual(text(await store.read('c/to')), 'rows')
    await rejects(store.copy('c/nothing', 'c/to', writer('r', 3)), { condition: 'OBJECT_MISSING' })
  },
  'a staged object can be opened as a local file': async (store, tenant) => {
    await store.write('s/x', bytes('rows'), writer('r'))
    strictEqual(text(await tenant.readLocal(await store.stage('s/x'))), 'rows')
    const fetched = await store.fetch('s/x')
    deepStrictEqual([fetched?.path, fetched?.size, fetched?.etag], ['s/x', 4, (await store.stat('s/x'))?.etag])
    strictEqual(text(await tenant.readLocal(fetched!.localPath)), 'rows')
    strictEqual(await store.fetch('s/nothing'), undefined)
    await store.write('s/x', bytes('more rows'), writer('r', 2))
    strictEqual(text(await tenant.readLocal(await store.stage('s/x'))), 'more rows')
    await store.release([fetched!.localPath])
    strictEqual(text(await store.read('s/x')), 'more rows')
  },
  'an empty object is one': async (store, tenant) => {
    strictEqual(await store.writeIfAbsent('empty', bytes(''), writer('r')), 'written')
    strictEqual((await store.read('empty'))?.length, 0)
    strictEqual((await tenant.readLocal(await store.stage('empty'))).length, 0)
    strictEqual((await store.stat('empty'))?.size, 0)
  },
  'names with spaces, percent signs and letters of any script': async store => {
    for (const name of ['n/a b', 'n/100%', 'n/straße=ü', 'n/数']) {
      strictEqual(await store.writeIfAbsent(name, bytes(name), writer('r')), 'written')
      strictEqual(text(await store.read(name)), name)
    }
    strictEqual((await store.list('n')).length, 4)
  },
}

/** The promises of `FileStore` as tests: `for (const c of fileStoreContract(tenant)) test.skipIf(c.skip)(c.name, c.run)`. */
export const fileStoreContract = (tenant: FileStoreTenant): readonly ContractCase[] =>
  casesOf(
    tenant,
    Object.fromEntries(Object.entries(CASES).map(([name, promise]) => [name, async (t: FileStoreTenant) => promise(await t.open(), t)])),
  )
