import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { endPrograms } from '../support/example-program.ts'
import { copyExample, csvRows, millrace } from './support.ts'

afterEach(endPrograms)

const ROWS = ['s1,A-1,3,2026-01-31T10:00:00.000Z', 's2,A-4,7,2026-01-31T10:00:03.000Z']

test('a node reads what another node writes on the first run', async () => {
  const root = await copyExample('kedro-like')
  const run = millrace(root, 'run')
  await run.said(/batch 0 of processed\.sensor/)
  run.interrupt()
  const { code, err } = await run.ended
  expect(code).toBe(0)
  expect(err.split('\n').map(line => line.replace(/\d{4}-\S+Z|\d+ ms/g, '…'))).toEqual([
    '[SETTING_WITHOUT_EFFECT] "spark.jars.packages" has no effect: connectors are part of Millrace, no jar is loaded',
    'run …: the default pipeline, 2 nodes, environment local',
    'loading raw_json (json stream)',
    'running clean_inventory: raw_json, params:inventory.least_quantity -> int.new_inventory',
    'saving int.new_inventory (csv stream)',
    'started 1 of 2: clean_inventory',
    'waiting: process_sensor starts after the first batch of int.new_inventory',
    expect.stringMatching(/^batch 0 of int\.new_inventory: \d rows in, …$/),
    'loading int.new_inventory (csv stream)',
    'running process_sensor: int.new_inventory -> processed.sensor',
    'saving processed.sensor (csv stream)',
    'started 2 of 2: process_sensor',
    '2 streams running; Ctrl-C stops them',
    'batch 0 of processed.sensor: 2 rows in, …',
    expect.stringMatching(/^stopped: (int\.new_inventory|processed\.sensor): the run was stopped$/),
    expect.stringMatching(/^stopped: (int\.new_inventory|processed\.sensor): the run was stopped$/),
    'run stopped; the next one goes on where this one was',
    '',
  ])
  expect(err).not.toContain('completed')
  expect(await csvRows(join(root, 'data/03_primary/processed_sensor'))).toEqual(ROWS)
})

test('a second run goes on where the first one was, at once', async () => {
  const root = await copyExample('kedro-like')
  const first = millrace(root, 'run')
  await first.said(/batch 0 of processed\.sensor/)
  first.interrupt()
  await first.ended
  const second = millrace(root, 'run', '--params', 'inventory.least_quantity=5')
  await second.said(/2 streams running/)
  expect(second.told().err).not.toContain('waiting')
  const more = [
    '{"sku":"B-1","sensor":"s3","quantity":9,"at":"2026-01-31T11:00:00Z"}',
    '{"sku":"B-2","sensor":"s3","quantity":4,"at":"2026-01-31T11:00:01Z"}',
  ]
  await writeFile(join(root, 'data/01_raw/stream/inventory/two.json'), more.join('\n'))
  await second.said(/batch 1 of processed\.sensor/)
  second.interrupt()
  expect((await second.ended).code).toBe(0)
  expect(await csvRows(join(root, 'data/03_primary/processed_sensor'))).toEqual([...ROWS, 's3,B-1,9,2026-01-31T11:00:00.000Z'])
})
