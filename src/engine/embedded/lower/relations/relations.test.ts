import { afterAll, beforeAll, expect, test } from 'vitest'
import { col, count, type DataFrame, Session, sum, window } from '../../../../index.ts'
import { valueText } from '../../../../types/index.ts'
import { Evaluator } from '../testing.ts'

let session: Session
let evaluator: Evaluator
beforeAll(async () => {
  session = await Session.open()
  evaluator = await Evaluator.open()
})
afterAll(async () => {
  await evaluator.close()
  await session.close()
})

type Frame = DataFrame<any, any>
const ids = (from: number, to: number): Frame => session.range(from, to) as Frame
/** id 0 … 5, k = id % 3, null for id 5. */
const six = (): Frame => ids(0, 6).selectExpr('id', 'if(id = 5, null, id % 3) as k') as Frame
const at = (): Frame => six().selectExpr('timestamp_seconds(id * 4) as t') as Frame

/** A plan, and the rows its SQL gives; sorted ones stand in their order, the others in the order of their texts. */
const TABLE: Readonly<Record<string, readonly [frame: () => Frame, rows: readonly string[], order?: 'sorted']>> = {
  range: [() => ids(2, 5), ['2', '3', '4']],
  'project, filter: a null condition drops': [() => six().where('k > 0').select('id', 'k'), ['1 1', '2 2', '4 1']],
  'sort: nulls first when ascending': [
    () => six().orderBy(col('k').asc(), col('id').desc()),
    ['5 null', '3 0', '0 0', '4 1', '1 1', '2 2'],
    'sorted',
  ],
  'sort: nulls last when descending': [
    () => six().orderBy(col('k').desc()).select('k').distinct().orderBy(col('k').desc()),
    ['2', '1', '0', 'null'],
    'sorted',
  ],
  'limit and offset': [() => six().orderBy('id').offset(1).limit(2), ['1 1', '2 2'], 'sorted'],
  'aggregate: null is a group of its own': [
    () => six().groupBy('k').agg(count('*').as('n'), sum('id').as('s')),
    ['0 2 3', '1 2 5', '2 1 2', 'null 1 5'],
  ],
  'aggregate without keys over no row': [() => six().where('false').agg(count('k').as('n'), sum('id').as('s')), ['0 null']],
  'expand: rollup': [() => six().where('k is not null').rollup('k').agg(count('*').as('n')), ['0 2', '1 2', '2 1', 'null 5']],
  'expand: cube keeps a null key apart from the total': [
    () => six().cube('k').agg(count('*').as('n')),
    ['0 2', '1 2', '2 1', 'null 1', 'null 6'],
  ],
  generate: [() => six().where('id < 2').selectExpr('id', 'explode(sequence(0, id)) as x'), ['0 0', '1 0', '1 1']],
  'generate outer keeps a row without elements': [() => six().where('id < 1').selectExpr('id', 'explode_outer(array()) as x'), ['0 null']],
  'window: a time stands in every window over it': [
    () =>
      at()
        .where("t < timestamp'1970-01-01 00:00:05'")
        .groupBy(window('t', '10 seconds', '5 seconds'))
        .count()
        .selectExpr('unix_seconds(window.start)', 'count'),
    ['-5 2', '0 2'],
  ],
  over: [() => six().where('k = 0').selectExpr('id', 'sum(id) over (partition by k order by id) as s'), ['0 0', '3 3']],
  'deduplicate on some columns': [() => six().select('k').dropDuplicates(['k']), ['0', '1', '2', 'null']],
  'join: null matches nothing': [
    () =>
      six()
        .alias('a')
        .join(six().alias('b'), col('a.k').eq(col('b.k')))
        .agg(count('*').as('n')),
    ['9'],
  ],
  'join: null-safe': [
    () =>
      six()
        .alias('a')
        .join(six().alias('b'), col('a.k').eqNullSafe(col('b.k')))
        .agg(count('*').as('n')),
    ['10'],
  ],
  'join using': [() => six().join(ids(4, 8), 'id', 'full'), ['0 0', '1 1', '2 2', '3 0', '4 1', '5 null', '6 null', '7 null']],
  'join left': [() => ids(0, 2).join(ids(1, 3).selectExpr('id', 'id * 10 as x') as Frame, 'id', 'left'), ['0 null', '1 10']],
  'join semi': [() => ids(0, 3).join(ids(2, 9), 'id', 'semi'), ['2']],
  'join anti': [() => ids(0, 3).join(ids(2, 9), 'id', 'anti'), ['0', '1']],
  'join cross': [() => ids(0, 2).crossJoin(ids(7, 9) as never), ['0 7', '0 8', '1 7', '1 8']],
  'union keeps duplicates': [() => ids(0, 2).union(ids(1, 3) as never), ['0', '1', '1', '2']],
  'union by name fills what is missing': [
    () => ids(0, 1).unionByName(ids(5, 6).selectExpr("'x' as s", 'id') as never, { allowMissingColumns: true } as never),
    ['0 null', '5 x'],
  ],
  'intersect takes null for null, once': [
    () =>
      six()
        .select('k')
        .intersect(six().where('id > 3').select('k') as never),
    ['1', 'null'],
  ],
  'intersect all counts': [
    () =>
      six()
        .select('k')
        .intersectAll(six().where('id <> 0').select('k') as never),
    ['0', '1', '1', '2', 'null'],
  ],
  except: [
    () =>
      six()
        .select('k')
        .exceptAll(six().where('id < 1').select('k') as never),
    ['0', '1', '1', '2', 'null'],
  ],
  'pivot with values': [
    () =>
      six()
        .where('k is not null')
        .groupBy()
        .pivot('k', [0, 2] as never)
        .agg(sum('id')),
    ['3 2'],
  ],
  'a sample without chance': [() => six().sample(1.0, { seed: 7 }).select('id'), ['0', '1', '2', '3', '4', '5']],
}

test.each(Object.entries(TABLE))('%s', async (_, [frame, rows, order]) => {
  const { columns, rows: found } = await evaluator.collect((frame() as unknown as { plan: Parameters<Evaluator['collect']>[0] }).plan)
  const texts = found.map(row => row.map((value, i) => (value == null ? 'null' : valueText(value, columns[i]!.type, 'UTC'))).join(' '))
  expect(order ? texts : texts.toSorted()).toEqual(rows)
})
