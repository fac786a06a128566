import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Source, Warning } from '../../src/connectors/contract.ts'
import { isMillraceError } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { nextEnd, openSource, places, plan, read, until } from './support.ts'

const fresh = places()
const open = (options: Record<string, string> = {}, place = fresh(), over = {}) =>
  openSource('webhook', place, { port: '0', path: '/in', ...options }, over)
const urlOf = (source: Source): string => source.metrics!()['url']!
const post = (source: Source, body: RequestInit['body'], headers: Record<string, string> = {}, more = '') =>
  fetch(urlOf(source) + more, { method: 'POST', body: body!, headers })
const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const { status, ...rest } = await answer.then(async a => ({ status: a.status, text: await a.text() }))
  void rest
  return status
}
const refused = (name: string, options: Record<string, string>, condition: string) =>
  it(name, () => expect(open(options)).rejects.toSatisfy(e => isMillraceError(e, condition as never)))

describe('a request becomes a row', () => {
  it('with all that is known about it', async () => {
    const source = await open()
    const answer = await post(
      source,
      '{"n":1}',
      { 'content-type': 'application/json', 'x-github-delivery': 'd-1', 'x-n': '252' },
      '?a=1&b=2&a=3',
    )
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'd-1' }])
    const end = await nextEnd(source)
    const [row] = await read(source, null, end)
    expect(row).toMatchObject({ body: '{"n":1}', method: 'POST', path: '/in', remoteAddress: '127.0.0.1', id: 'd-1' })
    expect(Object.fromEntries(row!['headers'])).toMatchObject({ 'content-type': 'application/json', 'x-n': '252' })
    expect(Object.fromEntries(row!['query'])).toEqual({ a: '1,3', b: '2' })
    expect(row!['receivedAt'].getTime()).toBeGreaterThan(Date.now() - 60_000)
    await source.close()
  })

  it('with an id of its own where the sender gives none', async () => {
    const source = await open()
    for (const n of [1, 2]) await (await post(source, `${n}`)).json()
    const rows = await read(source, null, '1')
    expect(new Set(rows.map(r => r['id'])).size).toBe(2)
    await source.close()
  })

  it('as a form, a text, bytes, or packed', async () => {
    const form = await open({ body: 'form' })
    expect(await statusOf(post(form, new URLSearchParams('payload=%7B%7D&x=1&x=2') as never))).toBe(200)
    expect(await statusOf(post(form, 'x=1', { 'content-type': 'text/plain' }))).toBe(415)
    expect((await read(form, null, '0'))[0]!['body']).toBe('{"payload":"{}","x":"1,2"}')
    await form.close()
    const binary = await open({ body: 'binary' })
    expect(await statusOf(post(binary, new Uint8Array([0, 255])))).toBe(200)
    expect((await read(binary, null, '0'))[0]!['body']).toEqual(new Uint8Array([0, 255]))
    await binary.close()
    const json = await open({ body: 'json', maxBodyBytes: '1000' })
    expect(await statusOf(post(json, '{"n":'))).toBe(400)
    expect(await statusOf(post(json, new Uint8Array([0x22, 0xff, 0x22])))).toBe(400)
    expect(await statusOf(post(json, gzipSync('{"packed":true}'), { 'content-encoding': 'gzip' }))).toBe(200)
    expect(await statusOf(post(json, gzipSync(' '.repeat(1 << 20)), { 'content-encoding': 'gzip' }))).toBe(413)
    expect(await statusOf(post(json, 'no gzip', { 'content-encoding': 'gzip' }))).toBe(400)
    expect(await statusOf(post(json, '1', { 'content-encoding': 'zip' }))).toBe(415)
    expect((await read(json, null, '0'))[0]!['body']).toBe('{"packed":true}')
    expect((await plan(json)).end).toBe('0')
    await json.close()
  })
})

describe('who may send', () => {
  it('only this path and these methods', async () => {
    const source = await open({ method: 'post, PUT' })
    expect(await statusOf(post(source, '1', {}, '/other'))).toBe(404)
    const wrong = await fetch(urlOf(source), { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, PUT'])
    expect(await statusOf(fetch(urlOf(source), { method: 'PUT', body: '1' }))).toBe(200)
    await source.close()
  })

  it('only who has the token, which is not in the rows', async () => {
    const source = await open({ token: 's3cret' })
    expect(await statusOf(post(source, '1'))).toBe(401)
    expect(await statusOf(post(source, '1', { authorization: 'Bearer s3cre' }))).toBe(401)
    expect(await statusOf(post(source, '1', { authorization: 'Bearer s3cret' }))).toBe(200)
    expect(JSON.stringify([...(await read(source, null, '0'))[0]!['headers']])).not.toContain('s3cret')
    await source.close()
    const gitlab = await open({ token: 's3cret', tokenHeader: 'X-Gitlab-Token' })
    expect(await statusOf(post(gitlab, '1', { authorization: 'Bearer s3cret' }))).toBe(401)
    expect(await statusOf(post(gitlab, '1', { 'x-gitlab-token': 's3cret' }))).toBe(200)
    await gitlab.close()
  })

  const body = '{"zen":"Speak like a human."}'
  const hmac = (secret: string | Buffer, text: string, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', secret).update(text).digest(encoding)
  const seconds = (ago = 0) => String(Math.floor(Date.now() / 1000) - ago)
  const signers: Record<string, (secret: string, ago?: number) => Record<string, string>> = {
    github: secret => ({ 'x-hub-signature-256': `sha256=${hmac(secret, body)}` }),
    stripe: (secret, ago) => {
      const t = seconds(ago)
      return { 'stripe-signature': `t=${t},v1=${hmac('other', body)},v1=${hmac(secret, `${t}.${body}`)},v0=00` }
    },
    slack: (secret, ago) => {
      const t = seconds(ago)
      return { 'x-slack-request-timestamp': t, 'x-slack-signature': `v0=${hmac(secret, `v0:${t}:${body}`)}` }
    },
    shopify: secret => ({ 'x-shopify-hmac-sha256': hmac(secret, body, 'base64') }),
    standard: (secret, ago) => {
      const t = seconds(ago)
      const signed = hmac(Buffer.from(secret.slice('whsec_'.length), 'base64'), `msg_1.${t}.${body}`, 'base64')
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': t, 'webhook-signature': `v1a,xx v1,${signed}` }
    },
  }
  it.each(Object.keys(signers))('only who signs as %s does', async signature => {
    const sign = signers[signature]!
    const [secret, old, wrong] = ['whsec_bmV3', 'whsec_b2xk', 'whsec_d3Jvbmc=']
    const source = await open({ signature, signatureSecret: secret, previousSignatureSecret: old })
    expect(await statusOf(post(source, body))).toBe(401)
    expect(await statusOf(post(source, body, sign(wrong)))).toBe(401)
    expect(await statusOf(post(source, `${body} `, sign(secret)))).toBe(401)
    expect(await statusOf(post(source, body, sign(secret)))).toBe(200)
    expect(await statusOf(post(source, body, sign(old)))).toBe(200)
    if (!['github', 'shopify'].includes(signature)) {
      expect(await statusOf(post(source, body, sign(secret, 301)))).toBe(401)
      expect(await statusOf(post(source, body, sign(secret, -301)))).toBe(401)
    }
    expect((await plan(source)).end).toBe('1')
    await source.close()
  })

  it("GitHub's own example of a signature is taken", async () => {
    const source = await open({ signature: 'github', signatureSecret: "It's a Secret to Everybody" })
    const sent = { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' }
    expect(await statusOf(post(source, 'Hello, World!', sent))).toBe(200)
    await source.close()
  })

  it('anybody on every address is warned of', async () => {
    const said: Warning[] = []
    const source = await open({ host: '0.0.0.0' }, fresh(), { warn: (w: Warning) => said.push(w) })
    expect(said.map(w => w.code)).toEqual(['WEBHOOK_OPEN_TO_ALL'])
    await source.close()
  })
})

describe('bounds', () => {
  it('a body that is too large gets 413, whether it says so before or not', async () => {
    const source = await open({ maxBodyBytes: '10' })
    expect(await statusOf(post(source, '12345678901'))).toBe(413)
    const stream = new ReadableStream({
      start: c => {
        for (let i = 0; i < 5; i++) c.enqueue(new Uint8Array(4))
        c.close()
      },
    })
    expect(await statusOf(fetch(urlOf(source), { method: 'POST', body: stream, duplex: 'half' } as RequestInit))).toBe(413)
    expect(await statusOf(post(source, '1234567890'))).toBe(200)
    await source.close()
  })

  it('who asks before sending is told no before the body comes', async () => {
    const source = await open({ token: 't' })
    const { port } = new URL(urlOf(source))
    const answer = await new Promise<{ status: number; asked: boolean }>((resolve, reject) => {
      let asked = false
      const request = httpRequest({ port, path: '/in', method: 'POST', headers: { expect: '100-continue', 'content-length': 5 } })
      request.on('continue', () => {
        asked = true
        request.end('12345')
      })
      request.on('response', r => resolve({ status: r.statusCode!, asked }))
      request.on('error', reject)
      request.flushHeaders()
    })
    expect(answer).toEqual({ status: 401, asked: false })
    await source.close()
  })

  it('headers that are too large get 431', async () => {
    const source = await open({ maxHeaderBytes: '1024' })
    expect(await statusOf(post(source, '1', { 'x-long': 'x'.repeat(2000) }))).toBe(431)
    await source.close()
  })

  it('a sender that dawdles is cut off', async () => {
    const source = await open({ requestTimeout: '300ms' })
    const { port } = new URL(urlOf(source))
    const heard = await new Promise<string>(resolve => {
      let text = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1'))
      socket.on('data', chunk => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
    })
    expect(heard).toContain('408')
    expect((await plan(source)).end).toBeNull()
    await source.close()
  })

  it('a full log turns senders away until a batch has taken some on', async () => {
    const source = await open({ maxLogBytes: '2000', retryAfter: '7 seconds' })
    let taken = 0
    let answer = await post(source, 'x'.repeat(300))
    for (; answer.status === 200; answer = await post(source, 'x'.repeat(300))) taken++
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
    expect(taken).toBeGreaterThan(1)
    const end = await nextEnd(source)
    expect(await read(source, null, end)).toHaveLength(taken)
    expect(await statusOf(post(source, '1'))).toBe(200)
    await source.close()
  })

  it('a disk that fails is 503 to the sender and the end of the query', async () => {
    const store = localStore(fresh(), nodePlatform)
    const broken = { ...store, writeIfAbsent: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) }
    const source = await open({}, fresh(), { log: { store: broken, path: 's', millracePath: 'm' } })
    const answer = await post(source, '1')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    await expect(plan(source)).rejects.toThrow('full')
    await source.close()
  })
})

describe('what was acknowledged', () => {
  it('is there after a restart, and leaves the disk once it is committed', async () => {
    const place = fresh()
    const first = await open({}, place)
    for (const n of [1, 2, 3]) expect(await statusOf(post(first, `${n}`))).toBe(200)
    await first.close()
    const second = await open({ maxEventsPerTrigger: '2' }, place)
    expect((await read(second, null, '2')).map(r => r['body'])).toEqual(['1', '2', '3'])
    expect(await plan(second)).toEqual({ end: '1', latest: '2', more: true })
    const store = localStore(join(place, 'checkpoint'), nodePlatform)
    await second.commit('1')
    expect((await store.list('millrace/sources/0')).map(o => Number(o.path.split('/').at(-1)))).toEqual([2])
    await second.close()
  })

  it('is answered for requests under way when the query stops, and others are told to wait', async () => {
    const place = fresh()
    const source = await open({}, place)
    const answers = Array.from({ length: 50 }, (_, n) => statusOf(post(source, `${n}`)).catch(() => 0))
    await until(async () => (await plan(source)).end !== null)
    await source.close()
    const accepted = (await Promise.all(answers)).filter(s => s === 200).length
    const again = await open({}, place)
    expect(Number((await plan(again)).latest) + 1).toBeGreaterThanOrEqual(accepted)
    await again.close()
  })
})

describe('a query that stops', () => {
  it('does not wait for a body that comes slowly, and tells its sender', async () => {
    const source = await open()
    const { port } = new URL(urlOf(source))
    const heard = new Promise<string>(resolve => {
      let text = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1'))
      socket.on('data', chunk => {
        text += chunk
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(text))
    })
    await until(() => Number(source.metrics!()['underWay']) === 1)
    await source.close()
    expect(await heard).toContain('503')
  })
})

describe('HTTPS', () => {
  it('with a certificate of one’s own', async () => {
    const place = fresh()
    const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        ...subject,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    const source = await open({ tlsCertFile: cert, tlsKeyFile: key }, place)
    const status = await new Promise(resolve => {
      const agent = new Agent({ ca: readFileSync(cert) })
      httpsRequest(urlOf(source), { method: 'POST', agent }, r => resolve(r.statusCode)).end('{}')
    })
    expect(status).toBe(200)
    expect(source.description).toBe('Webhook[https://127.0.0.1:0/in]')
    await source.close()
    await expect(open({ tlsCertFile: key, tlsKeyFile: key })).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_FILE_UNREADABLE'))
  })
})

describe('what cannot be is refused', () => {
  refused('a port that is none', { port: '70000' }, 'INVALID_OPTION')
  refused('a relative path', { path: 'in' }, 'INVALID_OPTION')
  refused('a signature without a secret', { signature: 'github' }, 'MISSING_OPTION')
  refused('a secret nobody uses', { signatureSecret: 'x' }, 'MISSING_OPTION')
  refused('an empty token', { token: '' }, 'MISSING_OPTION')
  refused('a certificate without a key', { tlsCertFile: 'x' }, 'MISSING_OPTION')
  refused('a certificate that is not there', { tlsCertFile: '/nowhere', tlsKeyFile: '/nowhere' }, 'HTTP_FILE_UNREADABLE')
  refused('a misspelt option', { pory: '1' }, 'UNKNOWN_OPTION')
  it('a port somebody has', async () => {
    const source = await open()
    const { port } = new URL(urlOf(source))
    await expect(open({ port })).rejects.toSatisfy(e => isMillraceError(e, 'HTTP_LISTEN_FAILED') && e.params.code === 'EADDRINUSE')
    await source.close()
  })
})
