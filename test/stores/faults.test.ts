import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { type Fault, type SeenRequest, type StoreProxy, storeProxy } from '../support/services/store-proxy.ts'
import { KINDS, type Kind, openStore } from './open.ts'

const place = mkdtempSync(join(tmpdir(), 'millrace-faults-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (found: Uint8Array | undefined): string | undefined => found && new TextDecoder().decode(found)
const run = { run: 'r', attempt: 1 }

/** A platform that says how long it paused instead of pausing; deadlines, which are longer, stand. */
function hurried(): { readonly platform: Platform; readonly pauses: number[] } {
  const pauses: number[] = []
  const { clock } = nodePlatform
  const sleep: Platform['clock']['sleep'] = async (ms, signal) => {
    if (signal) return clock.sleep(ms, signal)
    pauses.push(ms)
  }
  return { platform: { ...nodePlatform, clock: { ...clock, sleep } }, pauses }
}

interface Troubled extends AsyncDisposable {
  readonly proxy: StoreProxy
  readonly store: Awaited<ReturnType<typeof openStore>>
  readonly pauses: readonly number[]
  /** Spoils the next so many requests of this kind. */
  next(count: number, of: (request: SeenRequest) => boolean, fault: Fault): void
}

async function troubled(kind: Kind, conf: Readonly<Record<string, string>> = {}): Promise<Troubled> {
  const proxy = await storeProxy(await kind.server())
  const { platform, pauses } = hurried()
  const store = await openStore(`${await kind.bucket()}/chk`, { ...(await kind.conf(proxy.endpoint)), ...conf }, platform)
  return {
    proxy,
    store,
    pauses,
    next: (count, of, fault) => {
      let left = count
      proxy.spoil(request => (left > 0 && of(request) && left-- > 0 ? fault : undefined))
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  }
}

const isPut = ({ method }: SeenRequest): boolean => method === 'PUT' || method === 'POST'
const isAny = (): boolean => true
const SLOW_DOWN: Fault = { do: 'answer', status: 503, body: '<Error><Code>SlowDown</Code><Message>slow</Message></Error>' }

for (const kind of KINDS) {
  describeWith(kind.name, `a troubled store on ${kind.name}`, () => {
    test('asks again after 5xx, "slow down" and broken connections, with pauses that grow and differ', async () => {
      await using t = await troubled(kind)
      t.next(3, isAny, SLOW_DOWN)
      expect(await t.store.writeIfAbsent('a', bytes('one'), run)).toBe('written')
      t.next(2, isAny, { do: 'answer', status: 500 })
      expect(text(await t.store.read('a'))).toBe('one')
      t.next(2, isAny, { do: 'reset' })
      expect((await t.store.list('')).map(o => o.path)).toEqual(['a'])
      t.next(1, isAny, { do: 'reset' })
      await t.store.delete(['a'])
      expect(await t.store.read('a')).toBeUndefined()
      const [first, second, third] = t.pauses
      expect(first).toBeGreaterThanOrEqual(50)
      expect(second).toBeGreaterThanOrEqual(100)
      expect(third).toBeGreaterThanOrEqual(200)
      expect(third).toBeLessThanOrEqual(400)
      expect(new Set(t.pauses).size).toBe(t.pauses.length)
    })

    test('a put whose answer was lost recognises itself, and another writer is still another', async () => {
      await using t = await troubled(kind)
      t.next(1, isPut, { do: 'lose-answer' })
      expect(await t.store.writeIfAbsent('entry', bytes('mine'), run)).toBe('written')
      expect(text(await t.store.read('entry'))).toBe('mine')
      // the same words of the same run are another put
      expect(await t.store.writeIfAbsent('entry', bytes('mine'), run)).toBe('existed')
      t.next(1, isPut, { do: 'lose-answer' })
      expect(await t.store.writeIfAbsent('entry', bytes('other'), { run: 's', attempt: 1 })).toBe('existed')
      expect(text(await t.store.read('entry'))).toBe('mine')
    })

    test('a file in parts goes on where a part or the last word was lost, and is itself', { timeout: 60_000 }, async () => {
      await using t = await troubled(kind)
      const size = 20 * 1024 * 1024
      const path = join(place, `${kind.name}.bin`)
      writeFileSync(path, Buffer.alloc(size, 'part of a file '))
      const kept = readFileSync(path)
      let puts = 0
      // the third request of the upload is broken before it is heard, and the answer of the last one is lost
      let finishing = 1
      t.proxy.spoil(request => {
        if (!isPut(request)) return undefined
        if (++puts === 3) return { do: 'reset' }
        const finishes = { s3: /^POST .*uploadId=/, gcs: /$^/, azure: /^PUT .*comp=blocklist/ }[kind.name].test(
          `${request.method} ${request.path}`,
        )
        return finishes && finishing-- > 0 ? { do: 'lose-answer' } : undefined
      })
      expect(await t.store.put(path, 'large', run, { ifAbsent: true })).toBe('written')
      t.proxy.spoil(() => undefined)
      expect(readFileSync(await t.store.stage('large')).equals(kept)).toBe(true)
    })

    test('a copy goes on where the answer broke off', async () => {
      await using t = await troubled(kind)
      const whole = Buffer.alloc(3_000_000, 'some bytes, ')
      await t.store.write('x', whole, run)
      const isGet = ({ method }: SeenRequest): boolean => method === 'GET'
      t.next(2, isGet, { do: 'break-off', after: 1_000_000 })
      const staged = await t.store.fetch('x')
      expect(readFileSync(staged!.localPath).equals(whole)).toBe(true)
      t.next(1, isGet, { do: 'break-off', after: 1_000_000 })
      expect(Buffer.from((await t.store.read('x'))!).equals(whole)).toBe(true)
    })

    test('a store that is silent or keeps failing ends in a condition, within the patience that was set', async () => {
      await using silent = await troubled(kind, { 'millrace.storage.patience': '300' })
      silent.next(Number.POSITIVE_INFINITY, isAny, { do: 'silence' })
      await expect(silent.store.read('a')).rejects.toMatchObject({ condition: 'STORAGE_UNREACHABLE', params: { code: 'ETIMEDOUT' } })
      await using busy = await troubled(kind, { 'millrace.storage.patience': '300' })
      busy.next(Number.POSITIVE_INFINITY, isAny, SLOW_DOWN)
      await expect(busy.store.write('a', bytes('1'), run)).rejects.toMatchObject({
        condition: 'STORAGE_UNAVAILABLE',
        params: { uri: expect.stringMatching(/\/chk\/a$/) },
      })
    })
  })
}
