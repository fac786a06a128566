import { afterAll, beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/index.ts'
import { drain, expectRefusal, linesOf, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

const stream = (format = 'csv') => (session.readStream as any).format(format).schema('a int, b string').load(dir('in'))

test('an option of the source on writeStream', async () => {
  const error = await refusal(() => stream().writeStream.format('csv').option('maxFilesPerTrigger', 1))
  expectRefusal(
    error,
    'OPTION_ON_WRONG_SIDE',
    { option: 'maxFilesPerTrigger', format: 'csv', given: 'writeStream', belongs: 'readStream' },
    'Give "maxFilesPerTrigger" to readStream instead of writeStream',
  )
})

test('it is seen before the format is said, too', async () => {
  const error = await refusal(() => stream().writeStream.option('maxFilesPerTrigger', 1))
  expectRefusal(error, 'OPTION_ON_WRONG_SIDE', { option: 'maxFilesPerTrigger', given: 'writeStream', belongs: 'readStream' })
})

test('made at run time, it is found at start', async () => {
  const made: Record<string, string> = JSON.parse('{"MAXFILESPERTRIGGER":"1"}')
  const error = await refusal(() => stream().writeStream.format('csv').options(made).option('checkpointLocation', path()).start(path()))
  expectRefusal(error, 'OPTION_ON_WRONG_SIDE', { given: 'writeStream', belongs: 'readStream' })
})

test('an option of the sink on readStream', async () => {
  const error = await refusal(() => (session.readStream as any).format('csv').option('checkpointLocation', 'x'))
  expectRefusal(error, 'OPTION_ON_WRONG_SIDE', { option: 'checkpointLocation', given: 'readStream', belongs: 'writeStream' })
})

test('a stream option on a batch read', async () => {
  const error = await refusal(() =>
    (session.read as any).format('csv').schema('a int').option('maxFilesPerTrigger', 1).load(dir()).collect(),
  )
  expectRefusal(error, 'OPTION_ON_WRONG_SIDE', { option: 'maxFilesPerTrigger', given: 'read', belongs: 'readStream' })
})

test('a misspelt option of a source', async () => {
  const frame = (session.readStream as any).format('csv').schema('a int').option('maxFilePerTrigger', 1).load(dir())
  const error = await refusal(() => frame.writeStream.format('noop').start())
  expectRefusal(error, 'UNKNOWN_OPTION', { option: 'maxFilePerTrigger', format: 'csv' }, 'did you mean "maxFilesPerTrigger"')
})

test('an unknown option of a sink lists those there are', async () => {
  const error = await refusal(() => stream().writeStream.format('console').option('colour', 'red').start())
  expectRefusal(error, 'UNKNOWN_OPTION', { option: 'colour', format: 'console' }, 'numRows', 'truncate')
})

test('a misspelt format', async () => {
  const error = await refusal(() => stream().writeStream.format('parqet').option('checkpointLocation', path()).start(path()))
  expectRefusal(error, 'UNKNOWN_FORMAT', { format: 'parqet' }, 'did you mean "parquet"')
})

test('a value of the wrong kind', async () => {
  const frame = (session.readStream as any).format('csv').schema('a int').option('maxFilesPerTrigger', 'many').load(dir())
  const error = await refusal(() => frame.writeStream.format('noop').start())
  expectRefusal(error, 'INVALID_OPTION', { option: 'maxFilesPerTrigger', value: 'many' }, 'a whole number')
})

test('options as texts and as objects made at run time are taken', async () => {
  const [input, out] = [dir('in'), path('out')]
  put(`${input}/1.csv`, 'a,b\n1,x\n')
  const frame = session.readStream
    .schema('a int, b string')
    .options({ header: 'true', maxFilesPerTrigger: '3' } as Record<string, string>)
    .csv(input)
  await drain(frame, path('chk'), out, JSON.parse('{"header":"false"}'))
  expect(linesOf(out)).toEqual(['1,x'])
})

test('the continuous trigger', async () => {
  const error = await refusal(() => stream().writeStream.format('noop').trigger({ continuous: '1 second' }).start())
  expectRefusal(error, 'CONTINUOUS_TRIGGER_NOT_SUPPORTED', { interval: '1 second' }, 'processingTime', /micro-batch|every batch/)
})

test('append where groups never close does not compile, and is refused', async () => {
  const counts = stream().groupBy('b').count()
  const error = await refusal(() => counts.writeStream.outputMode('append').format('noop').start())
  expect(error.message).toMatch(/withWatermark/)
})
