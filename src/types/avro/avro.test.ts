import { expect, test } from 'vitest'
import { avroToSpark, canonicalAvro, parseAvro, parseDataType, printAvro, sparkToAvro, sqlName } from '../index.ts'

/** What Spark 4.3's SchemaConverters answers: type, nullable. */
const TO_SPARK: Readonly<Record<string, readonly [string, boolean]>> = {
  '{"type":"int","logicalType":"time-millis"}': ['INT', false],
  '{"type":"long","logicalType":"time-micros"}': ['TIME(6)', false],
  '{"type":"string","logicalType":"uuid"}': ['STRING', false],
  '{"type":"fixed","name":"f","size":16,"logicalType":"uuid"}': ['BINARY', false],
  '["int","long","null"]': ['BIGINT', true],
  '["null"]': ['STRUCT<>', true],
  '["int"]': ['INT', false],
  '["int","string"]': ['STRUCT<member0: INT, member1: STRING>', false],
  '["null","int","string"]': ['STRUCT<member0: INT, member1: STRING>', true],
  '{"type":"bytes","logicalType":"decimal","precision":5,"scale":9}': ['BINARY', false],
  '{"type":"fixed","name":"f","size":2,"logicalType":"decimal","precision":9,"scale":2}': ['BINARY', false],
  '{"type":"int","logicalType":"timestamp-millis"}': ['INT', false],
  '{"type":"long","spark.sql.catalyst.type":"interval day to second"}': ['INTERVAL DAY TO SECOND', false],
  '{"type":"record","name":"R","fields":[{"name":"n","type":["int","string"],"default":1}]}': [
    'STRUCT<n: STRUCT<member0: INT, member1: STRING> NOT NULL>',
    false,
  ],
  '{"type":"array","items":"int"}': ['ARRAY<INT>', false],
}

test('Avro types become what Spark makes of them', () => {
  const answers = Object.keys(TO_SPARK).map(text => {
    const { dataType, nullable } = avroToSpark(parseAvro(text))
    return [text, [sqlName(dataType), nullable]]
  })
  expect(Object.fromEntries(answers)).toEqual(TO_SPARK)
})

test('recursive records are refused, or cut at the depth that is asked for', () => {
  const list = parseAvro('{"type":"record","name":"R","fields":[{"name":"n","type":["null","R"]},{"name":"x","type":"int"}]}')
  const at = (recursiveFieldMaxDepth: number) => sqlName(avroToSpark(list, { recursiveFieldMaxDepth }).dataType)
  expect(() => at(-1)).toThrow(expect.objectContaining({ condition: 'RECURSIVE_AVRO_SCHEMA' }))
  expect(at(1)).toBe('STRUCT<x: INT NOT NULL>')
  expect(at(2)).toBe('STRUCT<n: STRUCT<x: INT NOT NULL>, x: INT NOT NULL>')
})

/** What Spark 4.3's SchemaConverters writes for a nullable value of a type. */
const FROM_SPARK: Readonly<Record<string, unknown>> = {
  tinyint: ['int', 'null'],
  void: 'null',
  'decimal(10,2)': [{ type: 'fixed', name: 'topLevelRecord.fixed', size: 5, logicalType: 'decimal', precision: 10, scale: 2 }, 'null'],
  'array<int>': [{ type: 'array', items: ['int', 'null'] }, 'null'],
  'map<string,int>': [{ type: 'map', values: ['int', 'null'] }, 'null'],
  'time(3)': [{ type: 'long', logicalType: 'time-micros', 'spark.sql.catalyst.type': 'time(3)' }, 'null'],
  timestamp: [{ type: 'long', logicalType: 'timestamp-micros' }, 'null'],
  timestamp_ntz: [{ type: 'long', logicalType: 'local-timestamp-micros' }, 'null'],
  date: [{ type: 'int', logicalType: 'date' }, 'null'],
  'interval day to second': [{ type: 'long', 'spark.sql.catalyst.type': 'interval day to second' }, 'null'],
  'struct<a:int,b:struct<c:decimal(5,1)>>': [
    {
      name: 'topLevelRecord',
      type: 'record',
      fields: [
        { name: 'a', type: ['int', 'null'] },
        {
          name: 'b',
          type: [
            {
              name: 'topLevelRecord.b',
              type: 'record',
              fields: [
                {
                  name: 'c',
                  type: [
                    { type: 'fixed', name: 'topLevelRecord.b.c.fixed', size: 3, logicalType: 'decimal', precision: 5, scale: 1 },
                    'null',
                  ],
                },
              ],
            },
            'null',
          ],
        },
      ],
    },
    'null',
  ],
}

test('types become the Avro that Spark writes', () => {
  const answers = Object.keys(FROM_SPARK).map(t => [t, JSON.parse(printAvro(sparkToAvro(parseDataType(t), true)))])
  expect(Object.fromEntries(answers)).toEqual(FROM_SPARK)
})

test.each([
  ['{', 'it is no JSON'],
  ['int', 'it is no JSON'],
  ['"R"', '"R" is not defined'],
  ['{"type":"record","name":"R-1","fields":[]}', '"R-1" is no name'],
  ['{"type":"enum","name":"E","symbols":["A","A"]}', '"A" stands twice'],
  ['["int","int"]', 'two branches "int"'],
  ['["null",["int"]]', 'a union stands directly in a union'],
  ['{"type":"record"}', 'has no name'],
  [`${'{"type":"array","items":'.repeat(2000)}"int"${'}'.repeat(2000)}`, 'deep'],
])('%.40s is no schema', (text, why) => {
  expect(() => parseAvro(text)).toThrow(why)
})

test('names take their namespace from around them, and the canonical form writes them out', () => {
  const text = `{"type":"record","name":"a.R","doc":"x","fields":[
    {"name":"e","type":{"type":"enum","name":"E","symbols":["A"]},"default":"A"},
    {"name":"f","type":["null","E","b.F"],"aliases":["g"]}]}`.replace('"b.F"', '{"type":"fixed","name":"b.F","size":2}')
  expect(canonicalAvro(parseAvro(text))).toBe(
    '{"name":"a.R","type":"record","fields":[{"name":"e","type":{"name":"a.E","type":"enum","symbols":["A"]}},' +
      '{"name":"f","type":["null","a.E",{"name":"b.F","type":"fixed","size":2}]}]}',
  )
  expect(printAvro(parseAvro(printAvro(parseAvro(text))))).toBe(printAvro(parseAvro(text)))
})
