import { expect, test } from 'vitest'
import { type Expression, printPlan, type Relation } from '../../plan/index.ts'
import { maskedText, shownPlan } from './shown-plan.ts'

test('options that are arguments of a function are no exception', () => {
  const text = (value: string): Expression => ({ kind: 'literal', dataType: { kind: 'string' }, value })
  const map: Expression = {
    kind: 'unresolvedFunction',
    functionName: 'map',
    arguments: ['subject', 'rides', 'password', 'hunter2'].map(text),
  }
  const call: Expression = { kind: 'unresolvedFunction', functionName: 'from_avro', arguments: [text('v'), map] }
  const sql: Expression = { kind: 'expressionString', expression: "from_avro(v, map('token', 'hunter2', 'subject', 'rides'))" }
  const plan: Relation = { kind: 'project', input: { kind: 'range', start: '0', end: '1', step: '1' }, expressions: [call, sql] }
  for (const shown of [JSON.stringify(shownPlan(plan)), maskedText(printPlan(plan))]) {
    expect(shown).not.toContain('hunter2')
    expect(shown.split('rides')).toHaveLength(3)
  }
})

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
