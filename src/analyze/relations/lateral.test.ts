import { afterAll, beforeAll, expect, it } from 'vitest'
import { overValues } from '../../../scripts/judge/over-values.ts'
import { Evaluator } from '../../engine/embedded/lower/testing.ts'

// What Spark 4.3.0 answers to `SELECT … FROM VALUES (1, 2), (2, 4) AS t(x, y)`.
let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await Evaluator.open()
})
afterAll(() => evaluator.close())
const select = (list: string) =>
  evaluator.collect(overValues(`SELECT ${list} FROM VALUES (1, 2), (2, 4) AS t(x, y)`, text => evaluator.parse(text))!)

it.each([
  ['x + 1 AS a, a + 1', ['a', '(lateralAliasReference(a) + 1)'], ['2,3', '3,4']],
  ['x + 1 AS a, a, A AS b', ['a', 'a', 'b'], ['2,2,2', '3,3,3']],
  ['x AS y, y', ['y', 'y'], ['1,2', '2,4']],
  ['x + 1 AS a, a * 2 AS b, b - a AS c', ['a', 'b', 'c'], ['2,4,2', '3,6,3']],
  ['explode(array(x, y)) AS e, e + 1', ['e', '(e + 1)'], ['1,2', '2,3', '2,3', '4,5']],
  ["named_struct('f', x).f AS a, struct(a AS f) AS s, s.f AS g", ['a', 's', 'g'], undefined],
  ['rand(0) AS r, r = r AS same', ['r', 'same'], ['0.5234194256885571,true', '0.7604953758285915,true']],
  ['sum(y) AS s, s + 1 AS u, u + s', ['s', 'u', '(lateralAliasReference(u) + lateralAliasReference(s))'], ['6,7,13']],
  ['x + 1 AS z, sum(y) OVER (ORDER BY y) AS s, s + z AS b', ['z', 's', 'b'], ['2,2,4', '3,6,9']],
])('%s', async (list, names, rows) => {
  const found = await select(list)
  expect(found.columns.map(c => c.name)).toEqual(names)
  if (rows) expect(found.rows.map(String).sort()).toEqual(rows)
})

it.each([
  ['a + 1, 1 AS a', 'UNRESOLVED_COLUMN'],
  ['x + 1 AS a, a AS a, a + 1', 'AMBIGUOUS_LATERAL_COLUMN_ALIAS'],
  ['x AS a, sum(a)', 'LATERAL_ALIAS_NOT_HERE'],
  ['x + 1 AS a, sum(a) OVER (ORDER BY x)', 'LATERAL_ALIAS_NOT_HERE'],
])('%s is refused', async (list, condition) => {
  await expect(async () => select(list)).rejects.toMatchObject({ condition })
})
