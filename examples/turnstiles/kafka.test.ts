import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { committed, send } from '../../test/kafka/records.ts'
import { endPrograms, type RunningProgram, runExample } from '../../test/support/example-program.ts'
import { describeWith } from '../../test/support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../../test/support/services/kafka.ts'
import { ownBroker } from '../../test/support/services/own-broker.ts'
import { readConsumerArguments, readProducerArguments } from './kafka-arguments.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-turnstiles-'))
})
afterEach(async () => {
  endPrograms()
  await rm(dir, { recursive: true, force: true })
})

/** One of the two programs as a process of its own, in the story's directory. */
const run = (program: 'producer' | 'consumer', ...args: string[]): RunningProgram => runExample(`turnstiles/${program}.ts`, dir, ...args)

const config = async (lines: Record<string, string>): Promise<string> => {
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(dir, 'kafka.properties'), text.join(''))
  return 'kafka.properties'
}

/** Riders of messages, by window and turnstile. */
const WINDOW_MS = 1000
type Sums = Record<string, readonly [number, number]>
function plus(sums: Sums, key: string, entries: string, exits: string): void {
  const [a, b] = sums[key] ?? [0, 0]
  sums[key] = [a + Number(entries), b + Number(exits)]
}
function expected(messages: readonly string[]): Sums {
  const sums: Sums = {}
  for (const message of messages) {
    const f = message.split(',')
    const at = Date.parse(`${f[12]!.replace(' ', 'T')}Z`)
    const end = new Date(Math.floor(at / WINDOW_MS) * WINDOW_MS + WINDOW_MS).toISOString().slice(11, 19)
    plus(sums, [...f.slice(0, 7), end, f[8]].join(','), f[9]!, f[10]!)
  }
  return sums
}
async function written(): Promise<Sums> {
  const sums: Sums = {}
  for (const name of await readdir(join(dir, 'storage'))) {
    const [header, ...lines] = gunzipSync(await readFile(join(dir, 'storage', name)))
      .toString()
      .trim()
      .split('\n')
    expect(header).toBe('CA,UNIT,SCP,STATION,LINENAME,DIVISION,DATE,TIME,DESC,ENTRIES,EXITS')
    for (const line of lines) {
      const f = line.split(',')
      const key = f.slice(0, 9).join(',')
      expect(sums[key], `${key} is written once`).toBeUndefined()
      plus(sums, key, f[9]!, f[10]!)
    }
  }
  return sums
}
const sentBy = (out: string): string[] => [...out.matchAll(/^Sent message: (.*)$/gm)].map(m => m[1]!)

describeWith('kafka', 'the turnstiles over Kafka', () => {
  test('what the producer sends lands in windows once, though both programs are interrupted and started again', {
    timeout: 180_000,
  }, async () => {
    const broker = await kafka()
    const name = topic('turnstiles')
    const file = await config({
      'bootstrap.servers': broker.saslPlaintext,
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'SCRAM-SHA-512',
      'sasl.username': broker.username,
      'sasl.password': broker.password,
    })
    const produce = () => run('producer', '--topic', name, '--config', file, '--interval', '20ms')
    const consume = () =>
      run('consumer', '--topic', name, '--group', `${name}-group`, '--client', 'app1', '--config', file, '--duration', '1 second')

    const producer = produce()
    await producer.said(/Sent message/, 30)
    const consumer = consume()
    await consumer.said(/rows to storage/)
    consumer.interrupt()
    const first = await consumer.ended
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/end\n$/)
    producer.interrupt()
    const sent = await producer.ended
    expect(sent).toMatchObject({ code: 0, err: '' })
    expect(sent.out).toMatch(new RegExp(`^topic ${name} made\n`))
    expect(sent.out).toMatch(/publisher end\n$/)
    expect(sent.out).toContain(`produced to ${name} [0] at offset 0\n`)

    const producedAgain = await run('producer', '--topic', name, '--config', file, '--interval', '20ms', '--count', '50').ended
    const messages = [...sentBy(sent.out), ...sentBy(producedAgain.out)]
    expect(sentBy(producedAgain.out)).toHaveLength(50)
    // A reading much later closes the windows of all others.
    await send(name, ['END,END,END,END,END,END,12/31/2099,00:00:00,END,0,0,END,2099-12-31 00:00:00'])
    const again = consume()
    await expect.poll(written, { timeout: 60_000 }).toEqual(expected(messages))
    again.interrupt()
    expect(await again.ended).toMatchObject({ code: 0, err: '' })
    expect(await committed(`${name}-group`, name)).toEqual({ 0: messages.length + 1 })
    for (const { out } of [first, sent, await again.ended]) expect(out).not.toContain(broker.password)
  })

  test('a message that is no reading is set aside once, with its place, and the consumer goes on', { timeout: 180_000 }, async () => {
    const name = await createTopic(topic('turnstiles'))
    const file = await config({ 'bootstrap.servers': (await kafka()).plaintext })
    const sample = 'A001,R001,02-00-00,Test-Station,456NQR,BMT,09-23-23,REGULAR,16:54:00,140,153'
    const reading = (time: string): string =>
      `A001,R001,02-00-00,Test-Station,456NQR,BMT,09-23-23,${time},REGULAR,140,153,${time},2023-09-23 ${time}`
    await send(name, [reading('16:54:00'), sample, reading('17:54:00')])
    const consume = () => run('consumer', '--topic', name, '--group', 'g', '--client', 'c', '--config', file, '--duration', '1')
    const consumer = consume()
    await consumer.said(/1 rows to storage/)
    consumer.interrupt()
    const { code, err } = await consumer.ended
    expect(code).toBe(0)
    expect(err).toMatch(/^\[BAD_RECORDS\] 1 bad record of kafka .+\n.+rejected.+\n$/)
    await send(name, [reading('18:54:00')])
    const again = consume()
    await again.said(/1 rows to storage/)
    again.interrupt()
    expect(await again.ended).toMatchObject({ code: 0, err: '' })
    const names = (await readdir(join(dir, 'rejected'))).filter(file => file.endsWith('.json'))
    const rejected = await Promise.all(names.map(file => readFile(join(dir, 'rejected', file), 'utf8')))
    const letters = rejected
      .join('')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(letters).toMatchObject([{ error: 'INVALID_ARRAY_INDEX', topic: name, partition: 0, offset: 1 }])
    expect(Buffer.from(String(letters[0]!['value']), 'base64').toString()).toBe(sample)
  })

  test('a broker that dies in flight: messages that do not arrive are told one by one, and both programs go on when it is back', {
    timeout: 180_000,
  }, async () => {
    await using broker = await ownBroker()
    const bootstrap = broker.addresses.plaintext
    const name = await createTopic(topic('turnstiles'), {}, bootstrap)
    const file = await config({ 'bootstrap.servers': bootstrap, 'message.timeout.ms': '1000', 'request.timeout.ms': '1000' })
    const producer = run('producer', '--topic', name, '--config', file, '--interval', '50ms')
    const consumer = run('consumer', '--topic', name, '--group', 'g', '--client', 'c', '--config', file, '--duration', '1 second')
    await consumer.said(/rows to storage/)
    await broker.kill()
    await producer.said(/Message delivery failed: \[KAFKA_[A-Z_]+\] /)
    const { out } = producer.told()
    await broker.start()
    await producer.said(/produced to/, out.split('produced to').length + 5)
    await consumer.said(/rows to storage/, consumer.told().out.split('rows to storage').length)
    for (const program of [producer, consumer]) {
      program.interrupt()
      expect(await program.ended).toMatchObject({ code: 0 })
    }
    expect(consumer.told().err).not.toContain('[STREAM_FAILED]')
  })

  test('a wrong password is told at once', { timeout: 120_000 }, async () => {
    const broker = await kafka()
    const file = await config({
      'bootstrap.servers': broker.saslPlaintext,
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.username': broker.username,
      'sasl.password': 'not-this-one',
    })
    for (const program of ['producer', 'consumer'] as const) {
      const more = program === 'consumer' ? ['--group', 'g', '--client', 'c'] : []
      const { code, err } = await run(program, '--topic', 'any', '--config', file, ...more).ended
      expect(code).toBe(1)
      expect(err).toContain('[KAFKA_AUTHENTICATION_FAILED]')
      expect(err).not.toContain('not-this-one')
    }
  })
})

describe('what is wrong with the command', { timeout: 120_000 }, () => {
  const producer = ['--topic', 't', '--config', 'kafka.properties']
  const consumer = [...producer, '--group', 'g', '--client', 'c']

  test.each([
    ['producer', ['--topic', 't'], '--config missing'],
    ['consumer', ['--config', 'c'], '--topic, --group, --client missing'],
    ['consumer', [...consumer, '--nonsense'], "Unknown option '--nonsense'"],
  ] as const)('%s %s: the usage, and exit code 2', async (program, args, told) => {
    const { code, err } = await run(program, ...args).ended
    expect(code).toBe(2)
    expect(err).toContain(told)
    expect(err).toContain(`npm run ${program} -- --topic TOPIC`)
  })

  test('a bad properties file is told with its line', async () => {
    await writeFile(join(dir, 'kafka.properties'), '# mine\nbootstrap.servers=127.0.0.1:1\nnonsense\n')
    for (const ended of [run('producer', ...producer).ended, run('consumer', ...consumer).ended])
      expect(await ended).toMatchObject({ code: 2, err: expect.stringContaining('kafka.properties:3: the line has no "="') })
    await rm(join(dir, 'kafka.properties'))
    for (const ended of [run('producer', ...producer).ended, run('consumer', ...consumer).ended])
      expect(await ended).toMatchObject({ code: 2, err: expect.stringContaining('kafka.properties: there is no such file') })
  })

  test('a broker that is not there is one error, in the time the file gives', async () => {
    await config({ 'bootstrap.servers': '127.0.0.1:1', 'default.api.timeout.ms': '1000' })
    for (const ended of [run('producer', ...producer).ended, run('consumer', ...consumer).ended]) {
      const { code, err } = await ended
      expect(code).toBe(1)
      expect(err).toMatch(/^\[KAFKA_UNREACHABLE\] no broker of 127\.0\.0\.1:1 answered within [\d.]+ s .*\n.+\n$/)
    }
  })

  test('bare numbers are seconds between messages and minutes of a window', () => {
    expect(readProducerArguments(producer)).toMatchObject({ intervalSeconds: 10, count: Number.POSITIVE_INFINITY })
    expect(readProducerArguments([...producer, '--interval', '3'])).toMatchObject({ intervalSeconds: 3 })
    expect(readConsumerArguments(consumer)).toMatchObject({ durationSeconds: 300, slideSeconds: 300 })
    expect(readConsumerArguments([...consumer, '--duration', '10', '--slide', '30s'])).toMatchObject({
      durationSeconds: 600,
      slideSeconds: 30,
    })
    expect(readConsumerArguments(['--help'])).toBeUndefined()
    for (const bad of [
      ['--duration', '0'],
      ['--slide', 'soon'],
      ['--slide', '6'],
    ])
      expect(() => readConsumerArguments([...consumer, ...bad]), bad.join(' ')).toThrow(/--slide|--duration/)
    expect(() => readProducerArguments([...producer, '--count', '1.5'])).toThrow('--count takes a whole number')
  })
})
