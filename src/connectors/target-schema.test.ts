import { expect, test } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { parseDdl, typeName } from '../types/index.ts'
import { compareColumns, fittingColumns, type TargetColumn, type TargetTypes } from './target-schema.ts'

const TYPES: TargetTypes<TargetColumn> = {
  takes: (type, column) => typeName(type) === column.typeName,
  typeFor: type => typeName(type).toUpperCase(),
  advice: (_, column) => `cast it to ${column.typeName}`,
}
const column = (name: string, typeName: string, over: Partial<TargetColumn> = {}): TargetColumn => ({
  name,
  typeName,
  nullable: true,
  hasDefault: false,
  ...over,
})

test('columns are matched by exact name, else without regard to case', () => {
  const { pairs, differences } = compareColumns(parseDdl('ID int, Name string'), [column('name', 'string'), column('ID', 'int')], TYPES)
  expect(differences).toEqual([])
  expect(pairs.map(p => [p.field.name, p.column.name, p.at])).toEqual([
    ['ID', 'ID', 0],
    ['Name', 'name', 1],
  ])
})

test('each difference is said of its column', () => {
  const target = [
    column('id', 'bigint'),
    column('Id', 'bigint'),
    column('made', 'int', { generated: true }),
    column('must', 'date', { nullable: false }),
    column('filled', 'date', { nullable: false, hasDefault: true }),
    column('n', 'string'),
  ]
  const { differences } = compareColumns(parseDdl('ID int, made int, other double, n int, N int'), target, TYPES)
  expect(differences.map(d => [d.column, d.problem])).toEqual([
    ['ID', 'ambiguous'],
    ['made', 'generated'],
    ['other', 'missing'],
    ['n', 'type'],
    ['N', 'type'],
    ['N', 'twice'],
    ['must', 'required'],
  ])
  expect(differences[3]!.says).toBe('is int in the rows and string in the table: cast it to string')
})

test('what does not fit is one error with a line for each column', () => {
  const refusal = (() => {
    try {
      return fittingColumns(parseDdl('a int, b int'), [column('a', 'date')], TYPES, '"shop"."orders"')
    } catch (error) {
      return error
    }
  })()
  expect(isMillraceError(refusal, 'TARGET_SCHEMA_MISMATCH')).toBe(true)
  expect((refusal as Error).message.split('\n')).toEqual([
    '[TARGET_SCHEMA_MISMATCH] the rows do not fit the table "shop"."orders" in 2 columns',
    '  a: is int in the rows and date in the table: cast it to date',
    '  b: is int in the rows and not in the table (it would be INT)',
    'Mend the rows with cast(), withColumnRenamed() or drop(), or the table with ALTER TABLE; nothing was written.',
  ])
})
