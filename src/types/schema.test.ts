import { expect, expectTypeOf, test } from 'vitest'
import { type Decimal, type Interval, type LocalDate, Schema, schema, type Timestamp, toSparkJson } from './index.ts'

const Ride = schema({ CA: 'string', ENTRIES: 'int', total: 'BIGINT not null', TS: 'timestamp', at: { x: 'double', tags: 'array<string>' } })
const Fare = schema(
  'CA string, `base fare` decimal(10,2) NOT NULL, tags array<string>, m map<string, struct<a: int, b: array<date>>>, i interval day to second',
)

test('the row type follows from object and text', () => {
  expectTypeOf<typeof Ride.Row>().toEqualTypeOf<{
    CA: string
    ENTRIES: number
    total: bigint
    TS: Timestamp
    at: { x: number; tags: string[] }
  }>()
  expectTypeOf<typeof Fare.Row>().toEqualTypeOf<{
    CA: string
    'base fare': Decimal
    tags: string[]
    m: Map<string, { a: number; b: LocalDate[] }>
    i: Interval
  }>()
  const text: string = 'a int'
  expectTypeOf(schema(text)).toEqualTypeOf<Schema<any>>()
})

test('all three forms print back', () => {
  expect(Fare.toDdl()).toBe(
    'CA STRING,`base fare` DECIMAL(10,2) NOT NULL,tags ARRAY<STRING>,m MAP<STRING, STRUCT<a: INT, b: ARRAY<DATE>>>,i INTERVAL DAY TO SECOND',
  )
  expect(schema(Fare.toDdl())).toEqual(Fare)
  expect(schema(JSON.stringify(Fare))).toEqual(Fare)
  expect(schema(Fare.toJSON() as never)).toEqual(Fare)
  expect(Ride.toString()).toBe('struct<CA:string,ENTRIES:int,total:bigint,TS:timestamp,at:struct<x:double,tags:array<string>>>')
  expect(toSparkJson(Ride)).toEqual(Ride.toJSON())
})

test('fields can be walked', () => {
  expect([...Ride.fields].map(f => `${f.name} ${f.dataType.kind} ${f.nullable}`)).toEqual([
    'CA string true',
    'ENTRIES integer true',
    'total long false',
    'TS timestamp true',
    'at struct true',
  ])
  expect(schema(Ride)).toBe(Ride)
  expect(schema({ kind: 'struct', fields: Ride.fields })).toBeInstanceOf(Schema)
})
