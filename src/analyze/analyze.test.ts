import { describe, expect, test } from 'vitest'
import { goldenEnv } from '../../test/support/golden-env.ts'
import { plan, sql, stream, table } from '../../test/support/plans.ts'
import { isMillraceError, type MillraceError } from '../errors/index.ts'
import type { Literal, Relation } from '../plan/index.ts'
import { typeName } from '../types/index.ts'
import { analyze, inOutputMode, schemaOf, stateShape } from './index.ts'

const env = goldenEnv()
const columns = (p: { readonly relation: Relation }): string =>
  analyze(p.relation, env)
    .schema.fields.map(f => `${f.name} ${typeName(f.dataType)}`)
    .join(', ')
const names = (p: { readonly relation: Relation }): string =>
  analyze(p.relation, env)
    .schema.fields.map(f => f.name)
    .join(' ')
function refusal(p: { readonly relation: Relation }): MillraceError {
  try {
    analyze(p.relation, env)
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  throw new Error('was accepted')
}
const people = plan(table('id INT, name STRING, home STRUCT<city: STRING, zip: INT>, tags ARRAY<STRUCT<t: STRING>>, m MAP<STRING, INT>'))
const literal = (value: number): Literal => ({ kind: 'literal', dataType: { kind: 'integer' }, value })

describe('names', () => {
  test('ignore case, and keep the column’s own spelling', () => expect(names(people.select('ID', 'Home.CITY'))).toBe('id CITY'))
  test('reach into structs, arrays of structs and maps', () =>
    expect(columns(people.select('home.city', 'tags.t', "m['x']", 'tags[0].t'))).toBe(
      'city string, t array<string>, m[x] int, tags[0].t string',
    ))
  test('may carry an alias', () => expect(columns(people.alias('p').select('p.id', 'p.home.zip'))).toBe('id int, zip int'))
  test('expand stars', () => {
    expect(names(people.select('*', 'home.*'))).toBe('id name home tags m city zip')
    expect(
      names(
        people
          .alias('a')
          .join(plan(table('x INT')).alias('b').relation, 'a.id = b.x')
          .select('b.*', 'a.id'),
      ),
    ).toBe('x id')
  })
  test('of a self-join need an alias', () => {
    const both = people.alias('a').join(people.alias('b').relation, 'a.id = b.id')
    expect(columns(both.select('a.id', 'b.name'))).toBe('id int, name string')
    expect(refusal(both.select('id'))).toMatchObject({
      condition: 'AMBIGUOUS_REFERENCE',
      params: { name: 'id', candidates: ['`a`.`id`', '`b`.`id`'] },
    })
  })
  test('that are not there get suggestions', () => {
    const error = refusal(people.select('nmae'))
    expect(error).toMatchObject({ condition: 'UNRESOLVED_COLUMN', sparkClass: 'UNRESOLVED_COLUMN.WITH_SUGGESTION' })
    expect(error.message).toContain('did you mean "name"?')
    expect(refusal(people.select('home.town')).condition).toBe('FIELD_NOT_FOUND')
    expect(refusal(people.select('uper(name)')).message).toContain('"upper"')
  })
  test('of a frame mean that frame, and only while it is there', () => {
    const frame: Relation = { ...people.relation, planId: 1 }
    const col = { kind: 'unresolvedAttribute', unparsedIdentifier: 'id', planId: 1 } as const
    const select = (input: Relation): Relation => ({ kind: 'project', input, expressions: [col] })
    expect(names({ relation: select(plan(frame).where('id > 1').relation) })).toBe('id')
    expect(refusal({ relation: select(plan(frame).select('name').relation) }).condition).toBe('CANNOT_RESOLVE_DATAFRAME_COLUMN')
    expect(refusal({ relation: select(plan(frame).join(frame, ['name']).relation) }).condition).toBe('AMBIGUOUS_COLUMN_REFERENCE')
  })
  test('a select left out can still be sorted and filtered by', () => {
    expect(names(people.select('name').sort('id'))).toBe('name')
    expect(names(people.drop('id').where('id > 1'))).toBe('name home tags m')
  })
  test('of a USING key on the other side can still be read', () => {
    const joined = people.alias('a').join(plan(table('id INT, y INT')).alias('b').relation, ['id'], 'LEFT_OUTER')
    expect(names(joined)).toBe('id name home tags m y')
    expect(names(joined.select('b.id', 'y'))).toBe('id y')
    expect(names(joined.where('b.id is null'))).toBe('id name home tags m y')
  })
})

describe('types', () => {
  const of = (...e: string[]): string =>
    analyze(people.select(...e).relation, env)
      .schema.fields.map(f => typeName(f.dataType))
      .join(', ')
  test('of arithmetic', () =>
    expect(of('id + 1L', 'id / 2', 'id * 1.5', 'id % 2', "id + '1'", '-id', '1.5 + 2.25')).toBe(
      'bigint, double, decimal(13,1), int, bigint, int, decimal(4,2)',
    ))
  test('of dates and intervals', () =>
    expect(
      of(
        "date'2024-01-01' + 1",
        "date'2024-01-01' + interval 1 hour",
        "timestamp'2024-01-01' - date'2024-01-01'",
        "date'2024-01-01' - date'2024-01-01'",
      ),
    ).toBe('date, timestamp, interval day to second, interval day'))
  test('of branches', () =>
    expect(of('CASE WHEN id > 1 THEN id ELSE 2.5 END', 'coalesce(id, 1L)', "if(id > 1, null, 'a')", 'greatest(id, 1.0)')).toBe(
      'decimal(11,1), bigint, string, decimal(11,1)',
    ))
  test('that do not go together are refused with Spark’s class', () => {
    expect(refusal(people.where('name')).sparkClass).toBe('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE')
    expect(refusal(people.select('id = true')).sparkClass).toBe('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES')
    expect(refusal(people.select("'a' + 'b'")).sparkClass).toBe('DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE')
    expect(refusal(people.select('CAST(home AS INT)')).sparkClass).toBe('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION')
    expect(refusal(people.select('upper()')).sparkClass).toBe('WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
  })
  test('of a union are widened', () =>
    expect(columns(people.select('id', 'name').union(plan(table('a DOUBLE, b STRING')).relation))).toBe('id double, name string'))
  test('of a union by name follow the names', () => {
    const other = plan(table('name STRING, age INT')).relation
    expect(columns(people.select('id', 'name').union(other, true, true))).toBe('id int, name string, age int')
    expect(refusal(people.select('id', 'name').union(other, true)).condition).toBe('UNRESOLVED_COLUMN')
  })
})

describe('aggregates', () => {
  test('mix with keys and expressions over both', () =>
    expect(columns(people.group(['name', 'id % 2'], 'sum(id) + 1', 'name AS again', 'max(id) AS top'))).toBe(
      'name string, (id % 2) int, (sum(id) + 1) bigint, again string, top int',
    ))
  test('take every column that is not grouped by', () => {
    expect(refusal(people.group(['name'], 'id')).condition).toBe('MISSING_AGGREGATION')
    expect(refusal(people.select('id', 'count(1)')).condition).toBe('MISSING_GROUP_BY')
    expect(refusal(people.where('count(1) > 1')).condition).toBe('AGGREGATE_NOT_HERE')
    expect(refusal(people.group([], 'sum(max(id))')).condition).toBe('NESTED_AGGREGATE_FUNCTION')
  })
  test('of a rollup know their grouping', () =>
    expect(columns(people.rollup(['name', 'id'], 'count(1) AS n', 'grouping_id() AS g', 'grouping(name) AS x'))).toBe(
      'name string, id int, n bigint, g bigint, x tinyint',
    ))
  test('are laid out by pivot', () =>
    expect(columns(people.pivot(['name'], 'id', [literal(1), literal(2)], 'count(1)'))).toBe('name string, 1 bigint, 2 bigint'))
})

describe('generators and window functions', () => {
  test('make columns', () => {
    expect(columns(people.select('id', 'explode(m)'))).toBe('id int, key string, value int')
    expect(columns(people.select('posexplode(tags) AS (p, t)', 'upper(name)'))).toBe('p int, t struct<t:string>, upper(name) string')
    expect(columns(people.with('r', 'rank() OVER (PARTITION BY name ORDER BY id) + 1').select('r'))).toBe('r int')
  })
  test('stand alone', () => {
    expect(columns(people.select('explode(m)', 'explode(tags) AS t'))).toBe('key string, value int, t struct<t:string>')
    expect(refusal(people.select('size(explode(tags))')).sparkClass).toBe('UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS')
    expect(refusal(people.select('rank()')).condition).toBe('WINDOW_FUNCTION_WITHOUT_OVER')
  })
})

describe('event time', () => {
  const e = plan(stream())
  test('must be a timestamp, and the delay an interval', () => {
    expect(refusal(e.watermark('k', '1 minute')).hint).toContain('Cast with to_timestamp first')
    expect(refusal(e.watermark('ts', 'ten parrots')).condition).toBe('CANNOT_PARSE_INTERVAL')
    expect(refusal(e.watermark('ts', '-1 minute')).condition).toBe('NEGATIVE_WATERMARK_DELAY')
  })
  test('windows have lengths', () => {
    const sub = (w: string): string | undefined => refusal(e.group([w], 'count(1)')).sparkClass
    expect(sub("window(ts, '0 seconds')")).toBe('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE')
    expect(sub("window(ts, '1 minute', '2 minutes')")).toBe('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION')
    expect(sub("window(ts, '1 month')")).toBe('_LEGACY_ERROR_TEMP_3231')
    expect(refusal(e.group(["window(ts, '1 minute')", "window(ts, '2 minutes')"], 'count(1)')).condition).toBe('MULTIPLE_TIME_WINDOWS')
    expect(refusal(e.select('window_time(ts)')).condition).toBe('NOT_A_TIME_WINDOW')
  })
  test('numbers sources, watermarks and stateful steps from the sink down', () => {
    const joined = e
      .watermark('ts', '1 minute')
      .join(plan(stream('k2 STRING, ts2 TIMESTAMP')).watermark('ts2', '2 minutes').relation, 'k = k2')
    const analyzed = analyze(joined.group(["window(ts, '1 minute')"], 'count(1)').relation, env)
    expect(analyzed.sources.map(s => s.sourceIndex)).toEqual([0, 1])
    expect(analyzed.watermarks.map(w => w.delayMs)).toEqual([60_000, 120_000])
    expect(analyzed.stateful.map(s => `${s.operatorId} ${s.node}`)).toEqual(['0 aggregate', '1 join'])
    expect(stateShape(analyzed)).toMatchObject({
      operators: [{ name: 'stateStoreSave', key: 'STRUCT<start: TIMESTAMP, end: TIMESTAMP>' }, { name: 'symmetricHashJoin' }],
      watermarkColumns: ['ts', 'ts2'],
    })
  })
  test('a stream read twice is one source with two places', () => {
    const other = stream('k STRING, v BIGINT, ts TIMESTAMP', 'csv')
    expect(analyze(e.union(stream()).union(other).relation, env).sources.map(s => s.sameAs)).toEqual([undefined, 0, undefined])
  })
  test('a limit keeps state in append mode only', () => {
    const analyzed = analyze(e.limit(1).relation, env)
    expect(analyzed.stateful).toHaveLength(1)
    expect(inOutputMode(analyzed, 'complete').stateful).toHaveLength(0)
  })
})

test('analysed steps are remembered, and one frame used twice has columns of its own each time', () => {
  const step = people.select('id')
  expect(schemaOf(step.relation, env)).toEqual(schemaOf(step.relation, env))
  const { plan: joined } = analyze(step.alias('a').join(step.alias('b').relation, 'a.id = b.id').relation, env)
  expect(new Set(joined.output.map(c => c.id)).size).toBe(2)
})
test('an error names the line of the step', () => {
  expect(refusal({ relation: { ...people.select('nope').relation, origin: 'app.ts:3:7' } }).details).toEqual(['at app.ts:3:7'])
})
test('SQL text of recorded plans is parsed on the way', () => {
  expect(
    names({
      relation: {
        kind: 'project',
        input: people.relation,
        expressions: [{ kind: 'expressionString', expression: 'id + 1 AS next' }, sql('name')],
      },
    }),
  ).toBe('next name')
})
