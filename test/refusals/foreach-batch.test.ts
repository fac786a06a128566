import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataFrame, Session } from '../../src/index.ts'
import { expectRefusal, heard, put, refusal, scratch } from './support.ts'

const { dir, path } = scratch()
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

const stream = (input = dir('in')) =>
  session.readStream.schema('k string, n int').option('maxFilesPerTrigger', 1).csv(input) as DataFrame<any, any>

test('format() together with foreachBatch', async () => {
  const error = await refusal(() =>
    stream()
      .writeStream.format('csv')
      .foreachBatch(() => {})
      .start(),
  )
  expectRefusal(error, 'FORMAT_WITH_FOREACH', { method: 'foreachBatch', format: 'csv' }, 'Leave out format()', 'inside the function')
})

test('every sink option beside foreachBatch is refused in one error', async () => {
  const error = await refusal(() =>
    stream()
      .writeStream.option('header', true)
      .option('truncate', false)
      .option('checkpointLocation', path())
      .partitionBy('k')
      .foreachBatch(() => {})
      .start(path('out')),
  )
  expectRefusal(
    error,
    'OPTIONS_WITH_FOREACH',
    { method: 'foreachBatch' },
    '"header"',
    '"truncate"',
    '"path"',
    '"partitionBy"',
    'batch.write',
  )
  expect(error.message).not.toContain('"checkpointLocation"')
})

test('so it is beside foreach', async () => {
  const error = await refusal(() =>
    stream()
      .writeStream.option('path', 'x')
      .foreach(() => {})
      .start(),
  )
  expectRefusal(error, 'OPTIONS_WITH_FOREACH', { method: 'foreach', options: ['path'] })
})

async function run(
  frame: DataFrame<any, any>,
  fn: (batch: DataFrame<any, any>, id: number) => void | Promise<void>,
  checkpoint = path('chk'),
) {
  const query = await frame.writeStream
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .foreachBatch(fn as never)
    .start()
  await query.awaitTermination()
  return query
}

test('a batch used after its function has ended', async () => {
  const input = dir('in')
  put(`${input}/a.csv`, 'a,1\n')
  let kept: DataFrame<any, any> | undefined
  await run(stream(input), batch => {
    kept = batch
  })
  for (const action of [() => kept!.collect(), () => kept!.select('k').count(), () => kept!.write.csv(path('late'))]) {
    const error = await refusal(action)
    expectRefusal(error, 'BATCH_CLOSED', { batchId: 0 }, 'Await everything')
    expect((error.params as { line?: string }).line).toMatch(/foreach-batch\.test\.ts:\d+/)
  }
})

test('a function that fails ends the query with its reason; mended, it gets the same id and rows', async () => {
  const [input, chk] = [dir('in'), path('chk')]
  put(`${input}/a.csv`, 'a,1\n')
  const error = await refusal(() =>
    run(
      stream(input),
      () => {
        throw new Error('the warehouse is closed')
      },
      chk,
    ),
  )
  expectRefusal(error, 'FOREACH_BATCH_USER_FUNCTION_ERROR', { reason: 'the warehouse is closed' }, 'same batch id and rows')
  expect((error.cause as Error).message).toBe('the warehouse is closed')
  const seen: unknown[] = []
  await run(stream(input), async (batch, id) => void seen.push([id, await batch.collect()]), chk)
  expect(seen).toEqual([[0, [{ k: 'a', n: 1 }]]])
})

test('overwriting one path in two batches warns with the line, once', async () => {
  const [input, out] = [dir('in'), path('out')]
  for (const k of ['a', 'b', 'c']) put(`${input}/${k}.csv`, `${k},1\n`)
  const said: string[] = []
  const spoken = await Session.open()
  const write = process.stderr.write
  process.stderr.write = ((text: string) => said.push(text) > 0) as never
  try {
    const frame = spoken.readStream.schema('k string, n int').option('maxFilesPerTrigger', 1).csv(input)
    const query = await run(frame as never, batch => batch.write.mode('overwrite').csv(out))
    expect(query.warnings.map(w => w.code)).toContain('BATCH_OVERWRITES_BATCH')
  } finally {
    process.stderr.write = write
    await spoken.close()
  }
  const found = said.filter(text => text.includes('BATCH_OVERWRITES_BATCH'))
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/foreach-batch\.test\.ts:\d+/)
  expect(found[0]).toContain('batchId')
})

test('a path with the batch id in it does not warn', async () => {
  const [input, out] = [dir('in'), path('out')]
  for (const k of ['a', 'b']) put(`${input}/${k}.csv`, `${k},1\n`)
  const query = await run(stream(input), (batch, id) => batch.write.mode('overwrite').csv(`${out}/batch_${id}`))
  expect(query.warnings).toEqual([])
})

test('appending to one path warns that a rerun doubles', async () => {
  const [input, out] = [dir('in'), path('out')]
  for (const k of ['a', 'b']) put(`${input}/${k}.csv`, `${k},1\n`)
  const query = await run(stream(input), batch => batch.write.mode('append').csv(out))
  expect(query.warnings.map(w => w.code)).toContain('BATCH_APPENDS_TO_FIXED_TARGET')
})

test('stop() of a hanging function takes about a second, names it, and its batch runs again', async () => {
  const [input, chk] = [dir('in'), path('chk')]
  put(`${input}/a.csv`, 'a,1\n')
  const warnings = heard(session)
  const called = Promise.withResolvers<void>()
  const query = await stream(input)
    .writeStream.option('checkpointLocation', chk)
    .foreachBatch(async function sendToWarehouse() {
      called.resolve()
      await new Promise(() => {})
    })
    .start()
  await called.promise
  const started = performance.now()
  await query.stop()
  expect(performance.now() - started).toBeLessThan(5000)
  expect(query.isActive).toBe(false)
  expect(query.exception()).toBeUndefined()
  const left = [...query.warnings, ...warnings].find(w => w.code === 'LEFT_BEHIND')
  expect(left?.message).toContain('sendToWarehouse')
  expect(left?.hint).toContain('signal')
  const seen: unknown[] = []
  await run(stream(input), async (batch, id) => void seen.push([id, await batch.count()]), chk)
  expect(seen).toEqual([[0, 1]])
})

test('a function that listens to the signal ends at once', async () => {
  const input = dir('in')
  put(`${input}/a.csv`, 'a,1\n')
  const called = Promise.withResolvers<void>()
  const query = await stream(input)
    .writeStream.foreachBatch(async (_batch, _id, { signal }) => {
      called.resolve()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    .start()
  await called.promise
  await query.stop()
  expect(query.exception()).toBeUndefined()
  expect(query.warnings.map(w => w.code)).not.toContain('LEFT_BEHIND')
})
