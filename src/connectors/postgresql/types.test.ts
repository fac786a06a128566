import { expect, test } from 'vitest'
import { parseDataType, typeName } from '../../types/index.ts'
import { adviceFor, columnTypeFor, type PgType, readType, takesType } from './types.ts'

const numeric = (precision: number, scale: number): number => ((precision << 16) | (scale & 0x7ff)) + 4
const type = (name: string, modifier = -1, over: Partial<PgType> = {}): PgType => ({
  oid: 0,
  name,
  sql: name,
  kind: 'b',
  modifier,
  ...over,
})
const array = (element: PgType, dimensions = 1): PgType => type(`_${element.name}`, -1, { element, dimensions })

test.each<[PgType, string, string?]>([
  [type('int2'), 'smallint'],
  [type('int8'), 'bigint'],
  [type('oid'), 'bigint'],
  [type('numeric'), 'decimal(38,18)'],
  [type('numeric', numeric(10, 2)), 'decimal(10,2)'],
  [type('numeric', numeric(50, 2)), 'decimal(38,2)'],
  [type('numeric', numeric(3, -2)), 'decimal(5,0)'],
  [type('numeric', numeric(2, 5)), 'decimal(5,5)'],
  [type('bit', 1), 'boolean'],
  [type('bit', 3), 'binary'],
  [type('timestamptz'), 'timestamp', 'timestamp'],
  [type('timestamp'), 'timestamp', 'timestamp_ntz'],
  [type('time'), 'timestamp', 'timestamp_ntz'],
  [type('jsonb'), 'string'],
  [type('mood', -1, { kind: 'e' }), 'string'],
  [type('money'), 'string'],
  [array(type('numeric')), 'array<decimal(38,18)>'],
  [array(type('int4'), 2), 'array<array<int>>'],
])('%o is read as Spark reads it', (pg, usual, preferred = usual) => {
  expect(typeName(readType(pg, { preferTimestampNtz: false }))).toBe(usual)
  expect(typeName(readType(pg, { preferTimestampNtz: true }))).toBe(preferred)
})

test.each<[string, string | undefined]>([
  ['tinyint', 'smallint'],
  ['decimal(10,2)', 'numeric(10,2)'],
  ['timestamp', 'timestamp with time zone'],
  ['timestamp_ntz', 'timestamp without time zone'],
  ['array<array<int>>', 'integer[][]'],
  ['variant', 'jsonb'],
  ['map<string,int>', undefined],
  ['array<struct<a:int>>', undefined],
])('a column of %s is made as %s', (ours, theirs) => expect(columnTypeFor(parseDataType(ours))).toBe(theirs))

test('a column takes a type when it holds each of its values unchanged', () => {
  const takes = (ours: string, theirs: PgType) => takesType(parseDataType(ours), theirs)
  const yes: readonly [string, PgType][] = [
    ['int', type('int8')],
    ['int', type('numeric', numeric(12, 2))],
    ['int', type('float8')],
    ['decimal(10,2)', type('numeric')],
    ['decimal(10,2)', type('numeric', numeric(12, 4))],
    ['string', type('uuid')],
    ['string', type('mood', -1, { kind: 'e' })],
    ['timestamp', type('timestamp')],
    ['array<int>', array(type('int8'))],
    ['array<array<string>>', array(type('jsonb'))],
    ['variant', type('jsonb')],
  ]
  const no: readonly [string, PgType][] = [
    ['bigint', type('int4')],
    ['bigint', type('float8')],
    ['int', type('numeric', numeric(10, 2))],
    ['double', type('float4')],
    ['double', type('numeric')],
    ['decimal(10,2)', type('numeric', numeric(10, 4))],
    ['string', type('int4')],
    ['string', array(type('text'))],
    ['timestamp_ntz', type('timestamptz')],
    ['date', type('timestamp')],
    ['array<bigint>', array(type('int4'))],
    ['struct<a:int>', type('jsonb')],
  ]
  expect(yes.filter(([ours, theirs]) => !takes(ours, theirs))).toEqual([])
  expect(no.filter(([ours, theirs]) => takes(ours, theirs))).toEqual([])
})

test('what does not fit comes with a way out', () => {
  expect(adviceFor(parseDataType('bigint'), type('int4'))).toBe('cast it to int')
  expect(adviceFor(parseDataType('struct<a:int>'), type('jsonb'))).toContain('to_json()')
})
