import { expect, test } from 'vitest'
import type { Relation } from '../../plan/index.ts'
import { shownPlan } from './shown-plan.ts'

test('what a checkpoint keeps of a plan holds no secret, at any depth', () => {
  const options = {
    'kafka.sasl.jaas.config': 'hunter2',
    'kafka.ssl.key.password': 'hunter2',
    sfPassword: 'hunter2',
    'fs.s3a.secret.key': 'hunter2',
    apiToken: 'hunter2',
    'kafka.bootstrap.servers': 'localhost:9092',
    maxOffsetsPerTrigger: '10',
    keyFormat: 'avro',
  }
  const read: Relation = { kind: 'read', dataSource: { format: 'kafka', options }, isStreaming: true }
  const plan: Relation = {
    kind: 'deduplicate',
    input: { kind: 'subqueryAlias', input: read, alias: 'a' },
    columnNames: ['value'],
  } as Relation
  const text = JSON.stringify(shownPlan(plan))
  expect(text).not.toContain('hunter2')
  for (const plain of ['localhost:9092', '"10"', 'avro', 'kafka.ssl.key.password']) expect(text).toContain(plain)
})
