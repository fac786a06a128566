import { expect, it } from 'vitest'
import { Session } from '../../index.ts'

const AT_LEAST = 'at least once, limited by the sink'
const CSV = [
  'exactly once: every source can be read again, and the sink takes each batch once',
  'rows that are there (csv): they stay, and a new checkpoint is refused beside them',
]
const KAFKA = { 'kafka.bootstrap.servers': 'nowhere.example:9092', topic: 'out' }

it.each([
  ['csv', {}, CSV],
  ['kafka', KAFKA, [expect.stringMatching(`^${AT_LEAST} kafka: .*transactional`)]],
  ['kafka', { ...KAFKA, transactional: true }, [expect.stringMatching('^exactly once: .*read_committed')]],
  ['console', {}, [expect.stringMatching(`^${AT_LEAST} console`)]],
])('writeStream.explain() says what a query to %s %j delivers, and opens nothing', async (format, options, delivery) => {
  await using session = await Session.open()
  const writer = session.readStream
    .format('rate')
    .load()
    .selectExpr('cast(value as string) as value')
    .writeStream.format(format)
    .options(options)
  const lines = (await writer.explainString('simple', format === 'csv' ? '/nowhere/out' : undefined)).split('\n')
  expect(lines.slice(lines.indexOf('== Delivery ==') + 1)).toEqual(delivery)
})

it('and what becomes of bad records, and of a function of one’s own', async () => {
  await using session = await Session.open()
  const texts = session.readStream.format('json').schema('a int')
  const lines = await texts
    .option('badRecords', { format: 'parquet', path: '/nowhere/bad' })
    .load('/nowhere/in')
    .writeStream.foreachBatch(async () => {})
    .explainString()
  expect(lines).toMatch(/at least once, limited by the sink your function: .*\nbad records: to \/nowhere\/bad, exactly once/)
})
