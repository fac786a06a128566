import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { col, type DataFrame, findMillraceError, fromAvro, fromJson, Session, unhex } from '../../src/index.ts'
import { send } from '../kafka/records.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { createTopic, kafka, topic } from '../support/services/kafka.ts'
import { register, registry, subject } from '../support/services/registry.ts'

/** A session and a directory for one story. */
async function story(tell: (session: Session, root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'millrace-dead-letters-'))
  const session = await Session.open()
  try {
    await tell(session, root)
  } finally {
    await session.close()
    rmSync(root, { recursive: true, force: true })
  }
}

const brokers = async (): Promise<string> => (await kafka()).plaintext
const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString('utf8')

/** What stands in a topic, with the headers as an object of texts. */
async function letters(session: Session, name: string): Promise<readonly any[]> {
  const rows = await session.read
    .format('kafka')
    .options({
      'kafka.bootstrap.servers': await brokers(),
      subscribe: name,
      includeHeaders: true,
      'kafka.isolation.level': 'read_committed',
    } as never)
    .load()
    .collect()
  return (rows as any[]).map(r => ({
    key: r.key && text(r.key),
    value: text(r.value),
    ...Object.fromEntries(r.headers.map((h: { key: string; value: Uint8Array }) => [h.key.replace('millrace.', ''), text(h.value)])),
  }))
}

async function run(frame: DataFrame<any, any>, root: string): Promise<readonly (string | undefined)[]> {
  const query = await frame.writeStream
    .format('parquet')
    .option('checkpointLocation', join(root, 'checkpoint'))
    .trigger({ availableNow: true })
    .start(join(root, 'out'))
  await query.awaitTermination()
  return query.recentProgress.map(p => p.sources[0]!.metrics?.['badRecords'])
}

/** The records of a topic; bad ones go to files below the root. */
const records = async (session: Session, name: string, root: string) =>
  session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', await brokers())
    .option('subscribe', name)
    .option('startingOffsets', 'earliest')
    .option('badRecords', { format: 'parquet', path: join(root, 'dead') })
    .load()

const VALUE = col('value').cast('string')

describeWith('kafka', 'dead letters of Kafka', () => {
  test('messages that are no JSON and rows that fail go to a topic once, as they came, with what is known of them', () =>
    story(async (session, root) => {
      const [name, dead] = [await createTopic(topic('clicks'), { partitions: 2 }), await createTopic(topic('clicks-dead'))]
      const frame = session.readStream
        .format('kafka')
        .option('kafka.bootstrap.servers', await brokers())
        .option('subscribe', name)
        .option('startingOffsets', 'earliest')
        .option('badRecords', { topic: dead, transactional: true })
        .load()
        .select(fromJson(VALUE, 'id int, n string').as('j'))
        .selectExpr('j.id', 'cast(j.n as int) as n')
      await send(name, [
        { value: '{"id":1,"n":"1"}' },
        { value: 'no json', key: 'k' },
        { value: '{"id":3,"n":"x"}', partition: 1 },
        { value: '{"id":"four"}', partition: 1 },
      ])
      expect(await run(frame, root)).toEqual(['3'])
      await send(name, ['{"id":5,"n":"5"}', '{'])
      expect(await run(frame, root)).toEqual(['1'])
      expect((await session.read.parquet(join(root, 'out')).collect()).map((r: any) => r.id).sort()).toEqual([1, 5])
      const found = [...(await letters(session, dead))].sort((a, b) => a.value.localeCompare(b.value))
      expect(found).toMatchObject([
        { value: '{', batchId: '1', partition: '0', offset: '3' },
        { value: '{"id":"four"}', error: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', topic: name, partition: '1', offset: '1' },
        { value: '{"id":3,"n":"x"}', error: 'CAST_INVALID_INPUT', expression: 'CAST(j.n AS INT)', partition: '1', offset: '0' },
        { key: 'k', value: 'no json', expression: expect.stringContaining('from_json'), partition: '0', offset: '1', batchId: '0' },
      ])
      expect(found).toHaveLength(4)
    }))

  test('a poison Avro message is set aside; bytes declared wrongly altogether end the query with a hint', () =>
    story(async (session, root) => {
      const name = await createTopic(topic('avro'))
      const schema = '{"type":"record","name":"r","fields":[{"name":"id","type":"long"},{"name":"s","type":"string"}]}'
      const frame = (await records(session, name, root)).select(fromAvro(col('value'), schema).as('r')).select('r.*')
      await send(name, ['\u0002\u0004ab', '\u0002\u0040', '\u0004\u0002c'])
      expect(await run(frame, root)).toEqual(['1'])
      expect(await session.read.parquet(join(root, 'out')).collect()).toEqual([
        { id: 1n, s: 'ab' },
        { id: 2n, s: 'c' },
      ])
      const dead = (await session.read.parquet(join(root, 'dead')).collect()) as any[]
      expect(dead).toMatchObject([{ error: 'MALFORMED_AVRO_MESSAGE', topic: name, partition: 0, offset: 1n, batchId: 0n }])
      expect(text(dead[0].value)).toBe('\u0002\u0040')
      const framed = '\u0000\u0000\u0000\u0000\u0007\u0002\u0004ab'
      await send(name, [framed, framed])
      const error = await run(frame, root).then(
        () => undefined,
        e => findMillraceError((e as Error).cause),
      )
      expect(error?.condition).toBe('AVRO_LOOKS_FRAMED')
    }))
})

describeWith('kafka', 'dead letters of Kafka and a registry', () => {
  describeWith('registry', 'whose messages', () => {
    test('with an id that nobody registered, or of another subject, are set aside; the rest goes on', () =>
      story(async (session, root) => {
        const { url } = await registry()
        const [name, rides] = [await createTopic(topic('rides')), subject('rides')]
        const id = await register(rides, { type: 'record', name: 'Ride', fields: [{ name: 'id', type: 'int' }] })
        const other = await register(subject('notes'), { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] })
        const frame = (await records(session, name, root))
          .select(fromAvro(unhex(VALUE), { subject: rides, registry: url }).as('r'))
          .select('r.*')
        const framed = (of: number, hex: string): string => `00${of.toString(16).padStart(8, '0')}${hex}`
        await send(name, [framed(id, '02'), framed(2_000_000_000, '02'), framed(other, '0258'), '7b7d', framed(id, '04')])
        expect(await run(frame, root)).toEqual(['3'])
        expect(await session.read.parquet(join(root, 'out')).collect()).toEqual([{ id: 1 }, { id: 2 }])
        const dead = (await session.read.parquet(join(root, 'dead')).collect()) as any[]
        expect(dead.map(d => [d.error, d.offset])).toEqual([1n, 2n, 3n].map(offset => ['MALFORMED_AVRO_MESSAGE', offset]))
        expect(dead[0].message).toContain('no schema with the id 2000000000')
      }))
  })
})
