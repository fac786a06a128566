import { expect, test } from 'vitest'
import { isMillraceError, Session } from '../../src/index.ts'
import { sparkSettings } from '../support/document-002.ts'

/** What the frame is refused with when its columns are asked for: nothing has been connected to by then. */
async function verdicts(work: (session: Session) => Promise<unknown>): Promise<{ door: string; options: readonly string[]; text: string }> {
  const session = await Session.open()
  try {
    await work(session)
    expect.fail('it was taken')
  } catch (error) {
    if (!isMillraceError(error, 'KAFKA_OPTIONS')) throw error
    return { door: error.params.door, options: error.params.problems.map(p => p.option), text: error.message }
  } finally {
    await session.close()
  }
}

test('document 002’s settings, given as they stand there, are answered by one error before anything is asked', async () => {
  const settings = sparkSettings('nowhere.example:9092')
  const told = await verdicts(session => session.readStream.format('kafka').options(settings).load().schema())
  expect(told.door).toBe('readStream')
  expect([...told.options].sort()).toEqual([
    'auto.offset.reset',
    'checkpointLocation',
    'client.id',
    'enable.auto.commit',
    'enable.partition.eof',
    'group.id',
    'kafka.sasl.mechanisms',
    'kafka.sasl.password',
    'kafka.sasl.username',
  ])
  expect(told.text).not.toContain('geheim')
})

test('an option of the sink is told together with the others, also where the compiler is not asked', async () => {
  const told = await verdicts(session =>
    session.readStream
      .format('kafka')
      .option('kafka.bootstrap.servers', 'a:1')
      .option('checkpointLocation' as string, 'chk')
      .option('topic' as string, 'clicks')
      .load()
      .schema(),
  )
  expect([...told.options].sort()).toEqual(['checkpointLocation', 'subscribe', 'topic'])
})

test('the compiler knows the options of both sides', async () => {
  const session = await Session.open()
  const reader = session.readStream.format('kafka').option('kafka.isolation.level', 'read_committed').option('includeHeaders', true)
  // @ts-expect-error misspelt
  expect(() => reader.option('includeHeader', true)).not.toThrow()
  // @ts-expect-error of the sink
  expect(() => reader.option('transactional', true)).not.toThrow()
  await session.close()
})
