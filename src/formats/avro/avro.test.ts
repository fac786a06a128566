import avsc from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  avroToSpark,
  batchFromRows,
  type ColumnData,
  type DataType,
  field,
  fromAvroType,
  parseAvro,
  rowsOf,
  structType,
} from '../../types/index.ts'
import { avroColumns, avroEncoder } from './index.ts'

const messages = (all: readonly (Uint8Array | null)[]): ColumnData =>
  batchFromRows(
    structType([field('v', { kind: 'binary' })]),
    all.map(v => ({ v })),
  ).columns[0]!
const values = (column: ColumnData, type: DataType): unknown[] =>
  [...rowsOf({ schema: structType([field('v', type)]), length: column.length, columns: [column] })].map(r => r['v'])
const read = (schema: unknown, all: readonly (string | Uint8Array | null)[], options: Record<string, string> = {}): unknown[] => {
  const t = fromAvroType(JSON.stringify(schema), { mode: 'PERMISSIVE', ...options })
  const bytes = all.map(v => (typeof v === 'string' ? new Uint8Array(Buffer.from(v, 'hex')) : v))
  return values(avroColumns({ ...t, type: t.dataType })(messages(bytes), all.length), t.dataType)
}
const record = (...fields: object[]) => ({ type: 'record', name: 'R', fields })

// Longs as bigint, so that none loses a bit.
const longs = avsc.types.LongType.__with({
  fromBuffer: (b: Buffer) => b.readBigInt64LE(),
  toBuffer: (n: bigint) => {
    const b = Buffer.alloc(8)
    b.writeBigInt64LE(n)
    return b
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (n: unknown) => typeof n === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
})
const avscType = (schema: unknown) => avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: longs }, wrapUnions: true })

/** A schema, values of it as avsc takes them, and the same as our rows give them. */
interface Sort {
  readonly schema: (name: () => string) => unknown
  readonly value: fc.Arbitrary<readonly [avsc: unknown, ours: unknown]>
}
const same = <T>(a: fc.Arbitrary<T>) => a.map(v => [v, v] as const)
const leaf = (schema: unknown, value: fc.Arbitrary<unknown>): Sort => ({ schema: () => schema, value: same(value) })
const text = fc.string({ unit: 'grapheme', maxLength: 120 })
const LEAVES: readonly Sort[] = [
  leaf('boolean', fc.boolean()),
  leaf('int', fc.integer()),
  leaf('long', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  leaf('float', fc.float({ noNaN: true })),
  leaf('double', fc.double({ noNaN: true })),
  leaf('string', text),
  { schema: () => 'bytes', value: fc.uint8Array({ maxLength: 120 }).map(b => [Buffer.from(b), b] as const) },
  { schema: n => ({ type: 'enum', name: n(), symbols: ['A', 'B', 'C'] }), value: same(fc.constantFrom('A', 'B', 'C')) },
  {
    schema: n => ({ type: 'fixed', name: n(), size: 5 }),
    value: fc.uint8Array({ minLength: 5, maxLength: 5 }).map(b => [Buffer.from(b), b] as const),
  },
]
const LOCAL: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
}

const { sort } = fc.letrec<{ sort: Sort }>(tie => ({
  sort: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...LEAVES),
    tie('sort').map(
      (of): Sort => ({
        schema: n => ({ type: 'array', items: of.schema(n) }),
        value: fc.array(of.value, { maxLength: 5 }).map(vs => [vs.map(v => v[0]), vs.map(v => v[1])]),
      }),
    ),
    tie('sort').map(
      (of): Sort => ({
        schema: n => ({ type: 'map', values: of.schema(n) }),
        value: fc
          .uniqueArray(
            fc.tuple(
              fc.string({ maxLength: 6 }).filter(k => k !== '__proto__'),
              of.value,
            ),
            { selector: ([k]) => k, maxLength: 4 },
          )
          .map(vs => [Object.fromEntries(vs.map(([k, v]) => [k, v[0]])), new Map(vs.map(([k, v]) => [k, v[1]]))]),
      }),
    ),
    fc.constantFrom(...LEAVES.slice(0, 7)).map(
      (of): Sort => ({
        schema: n => ['null', of.schema(n)],
        value: fc
          .option(of.value, { nil: [null, null] as const })
          .map(([a, b]) => [a === null ? null : { [LOCAL[of.schema(() => '') as string]!]: a }, b]),
      }),
    ),
    fc.array(tie('sort'), { minLength: 1, maxLength: 4 }).map(
      (of): Sort => ({
        schema: n => ({ type: 'record', name: n(), fields: of.map((s, i) => ({ name: `f${i}`, type: s.schema(n) })) }),
        value: fc
          .tuple(...of.map(s => s.value))
          .map(vs => [Object.fromEntries(vs.map((v, i) => [`f${i}`, v[0]])), Object.fromEntries(vs.map((v, i) => [`f${i}`, v[1]]))]),
      }),
    ),
  ),
}))
const named = () => {
  let n = 0
  return () => `N${n++}`
}
const cases = sort.chain(of => fc.array(of.value, { minLength: 1, maxLength: 12 }).map(vs => ({ schema: of.schema(named()), vs })))

test('messages of another writer are read alike, whatever the schema', () => {
  fc.assert(
    fc.property(cases, ({ schema, vs }) => {
      const type = avscType(schema)
      expect(
        read(
          schema,
          vs.map(v => new Uint8Array(type.toBuffer(v[0]))),
          { mode: 'FAILFAST' },
        ),
      ).toEqual(vs.map(v => v[1]))
    }),
    { numRuns: 300 },
  )
})

test('another reader reads what is written', () => {
  fc.assert(
    fc.property(cases, ({ schema, vs }) => {
      const parsed = parseAvro(JSON.stringify(schema))
      const { dataType, nullable } = avroToSpark(parsed)
      const column = batchFromRows(
        structType([field('v', dataType, nullable)]),
        vs.map(v => ({ v: v[1] })),
      ).columns[0]!
      const made = avroEncoder(dataType, parsed)(column, vs.length)
      const type = avscType(schema)
      for (const [i, v] of vs.entries()) {
        // A null at the top is a null value, not a message.
        if (v[1] === null) continue
        const bytes = Buffer.from((made.values as Uint8Array).subarray(made.offsets![i]!, made.offsets![i + 1]!))
        // Once more through the other one: objects order keys that are numbers.
        expect(type.toBuffer(type.fromBuffer(bytes))).toEqual(type.toBuffer(v[0]))
      }
    }),
    { numRuns: 300 },
  )
})

test('bytes that are cut off or changed give nulls or values, never an error or a hang, and leave the rows beside them alone', () => {
  fc.assert(
    fc.property(cases, fc.uint8Array({ maxLength: 40 }), fc.nat(), ({ schema, vs }, noise, at) => {
      const type = avscType(schema)
      const good = vs.map(v => new Uint8Array(type.toBuffer(v[0])))
      const first = good[0]!
      const broken = at % 2 === 0 ? first.subarray(0, at % (first.length + 1)) : noise
      let all: unknown[]
      try {
        all = read(schema, [...good, broken, ...good])
      } catch (error) {
        // A message that begins with 0 may look like a registry's by chance.
        expect((error as { condition?: string }).condition).toBe('AVRO_LOOKS_FRAMED')
        return
      }
      expect(all.slice(0, good.length)).toEqual(vs.map(v => v[1]))
      expect(all.slice(good.length + 1)).toEqual(vs.map(v => v[1]))
    }),
    { numRuns: 500 },
  )
})

test('what hostile messages claim is bounded by their bytes', () => {
  const nulls = { type: 'array', items: 'null' }
  expect(read(nulls, ['feffffffffffffffff01'])).toEqual([null])
  expect(read({ type: 'array', items: 'int' }, ['feffffff0f', '0200'])).toEqual([null, null])
  expect(read('string', ['feffffff0f41', '0162', '02'])).toEqual([null, null, null])
  expect(read('long', ['ffffffffffffffffffff01'])).toEqual([null])
  expect(read({ type: 'bytes', logicalType: 'decimal', precision: 3, scale: 1 }, ['040400', '0403e7', '00'])).toEqual([
    null,
    expect.anything(),
    null,
  ])
  const list = record({ name: 'next', type: ['null', 'R'] }, { name: 'x', type: 'int' })
  expect(read(list, [new Uint8Array(100_000).fill(2)], { recursivefieldmaxdepth: '1' })).toEqual([{ x: null }])
})

test('of equal keys in a map the last counts', () => {
  const lists = { type: 'map', values: { type: 'array', items: 'string' } }
  expect(read(lists, ['060261020270000262000261020271' + '0000', '0202' + '6100' + '00'])).toEqual([
    new Map([
      ['b', []],
      ['a', ['q']],
    ]),
    new Map([['a', []]]),
  ])
})

test('a reader’s schema reorders, renames, widens, fills in and leaves out', () => {
  const writer = record(
    { name: 'gone', type: { type: 'map', values: ['null', 'string'] } },
    { name: 'n', type: 'int' },
    { name: 'old', type: 'string' },
    { name: 'e', type: { type: 'enum', name: 'E', symbols: ['A', 'X'] } },
    { name: 'u', type: ['int', 'string'] },
  )
  const reader = record(
    { name: 'u', type: ['null', 'long', 'string'] },
    { name: 'new', aliases: ['old'], type: 'bytes' },
    { name: 'n', type: ['null', 'double'] },
    { name: 'e', type: { type: 'enum', name: 'E', symbols: ['A', 'Z'], default: 'Z' } },
    { name: 'd', type: { type: 'array', items: 'long' }, default: [1, 2 ** 53] },
    { name: 's', type: ['null', 'string'], default: null },
    { name: 'r', type: { type: 'record', name: 'Q', fields: [{ name: 't', type: 'string', default: 'é' }] }, default: {} },
  )
  const type = avscType(writer)
  const bytes = type.toBuffer({ gone: { k: null }, n: 7, old: 'hi', e: 'X', u: { int: 5 } })
  // A number that JavaScript does not have.
  const avroschema = JSON.stringify(reader).replace('9007199254740992', '9007199254740993')
  expect(read(writer, [new Uint8Array(bytes)], { avroschema })).toEqual([
    {
      u: { member0: 5n, member1: null },
      new: new Uint8Array([104, 105]),
      n: 7,
      e: 'Z',
      d: [1n, 9007199254740993n],
      s: null,
      r: { t: 'é' },
    },
  ])
})

test('schemas that cannot be brought together are refused when the query is built', () => {
  const refused = (writer: unknown, reader: unknown) => () => read(writer, [], { avroschema: JSON.stringify(reader) })
  expect(refused('string', 'int')).toThrow(expect.objectContaining({ condition: 'INCOMPATIBLE_AVRO_SCHEMAS' }))
  expect(refused('long', 'int')).toThrow(expect.objectContaining({ condition: 'INCOMPATIBLE_AVRO_SCHEMAS' }))
  expect(refused(record(), record({ name: 'a', type: 'int' }))).toThrow(
    expect.objectContaining({ condition: 'INCOMPATIBLE_AVRO_SCHEMAS', params: expect.objectContaining({ path: 'a' }) }),
  )
})

test('a registry’s frame is never taken for data', () => {
  const schema = record({ name: 'id', type: 'long' }, { name: 's', type: 'string' })
  expect(() => read(schema, ['00000000070204' + '6162'])).toThrow(
    expect.objectContaining({ condition: 'AVRO_LOOKS_FRAMED', params: { id: 7 } }),
  )
  // Begins with 0 and has bytes left over, but is none of a registry either.
  expect(read(schema, ['000261ffffffff', '020261ffff', '000261'])).toEqual([
    { id: null, s: null },
    { id: 1n, s: 'a' },
    { id: 0n, s: 'a' },
  ])
})

test('FAILFAST shows the bytes', () => {
  expect(() => read('int', ['ff'], { mode: 'FAILFAST' })).toThrow(expect.objectContaining({ condition: 'MALFORMED_AVRO_MESSAGE' }))
})

test('a misspelt option is refused; a registry judges its own', () => {
  const unknown = { condition: 'UNKNOWN_OPTION', params: expect.objectContaining({ option: 'mod' }) }
  expect(() => fromAvroType('"int"', { mod: 'PERMISSIVE' })).toThrow(expect.objectContaining(unknown))
  expect(fromAvroType('"int"', { registry: 'http://r', subject: 's', token: 't' }).dataType.kind).toBe('integer')
})

test('only the fields that are asked for are made', () => {
  const t = fromAvroType(JSON.stringify(record({ name: 'a', type: 'string' }, { name: 'b', type: 'int' })), {})
  const column = avroColumns({ ...t, type: t.dataType, fields: new Set(['b']) })(messages([new Uint8Array([2, 97, 4])]), 1)
  expect(column.children![0]).toEqual({ length: 0 })
  expect([...(column.children![1]!.values as Int32Array)]).toEqual([2])
})

test('records of very many fields are cut into functions', () => {
  const fields = Array.from({ length: 400 }, (_, i) => ({ name: `f${i}`, type: i % 3 === 0 ? 'string' : ['null', 'long'] }))
  const bytes = Buffer.concat(fields.map((_, i) => (i % 3 === 0 ? Buffer.from([2, 97]) : Buffer.from([2, 6]))))
  const [row] = read(record(...fields), [new Uint8Array(bytes)]) as [Record<string, unknown>]
  expect(Object.values(row)).toEqual(fields.map((_, i) => (i % 3 === 0 ? 'a' : 3n)))
  expect(read(record(...fields), [new Uint8Array(bytes.subarray(0, 500))])).toEqual([Object.fromEntries(fields.map(f => [f.name, null]))])
})
