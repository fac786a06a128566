import { describe, expect, it } from 'vitest'
import { isMillraceError } from '../errors/index.ts'
import { expressionToJson } from '../plan/index.ts'
import { parseExpression, parseSelectList } from './index.ts'

const json = (text: string) => expressionToJson(parseExpression(text))
const column = (name: string) => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const fn = (functionName: string, ...args: unknown[]) => ({
  unresolvedFunction: { functionName, ...(args.length > 0 ? { arguments: args } : {}) },
})
const int = (integer: number) => ({ literal: { integer } })
const string = (s: string) => ({ literal: { string: s } })
const [a, b, c] = [column('a'), column('b'), column('c')]

describe('precedence', () => {
  it.each<[string, unknown]>([
    ['a or b and c', fn('or', a, fn('and', b, c))],
    ['not a = b and c', fn('and', fn('not', fn('==', a, b)), c)],
    ['a = b is null', fn('isNull', fn('==', a, b))],
    ['a + b * c', fn('+', a, fn('*', b, c))],
    ['a - b - c', fn('-', fn('-', a, b), c)],
    ['a | b ^ c & a', fn('|', a, fn('^', b, fn('&', c, a)))],
    ['a << b + c', fn('<<', a, fn('+', b, c))],
    ['-a * b', fn('*', fn('-', a), b)],
    ['-1', int(-1)],
    ['a -1', fn('-', a, int(1))],
    ['- -1', fn('-', int(-1))],
    ['-1::string', { cast: { expr: int(-1), type: { string: {} } } }],
    ['a between 1 and 2 and b', fn('and', fn('between', a, int(1), int(2)), b)],
    ['a not between 1 and 2', fn('not', fn('between', a, int(1), int(2)))],
    ['a % b div c', fn('div', fn('%', a, b), c)],
    ['a || b || c', fn('concat', fn('concat', a, b), c)],
    ['a <> b', fn('not', fn('==', a, b))],
    ['a !> b', fn('<=', a, b)],
    ['a <=> b', fn('<=>', a, b)],
  ])('%s', (text, tree) => expect(json(text)).toEqual(tree))
})

describe('predicates', () => {
  it.each<[string, unknown]>([
    ['a in (1, 2)', fn('in', a, int(1), int(2))],
    ['a not in (1)', fn('not', fn('in', a, int(1)))],
    ["a like 'x%' escape '/'", fn('like', a, string('x%'), string('/'))],
    ["a not like any ('x', 'y')", fn('or', fn('not', fn('like', a, string('x'))), fn('not', fn('like', a, string('y'))))],
    ["a ilike all ('x', 'y')", fn('and', fn('ilike', a, string('x')), fn('ilike', a, string('y')))],
    ["a regexp 'x'", fn('rlike', a, string('x'))],
    ['a is not true', fn('not', fn('<=>', a, { literal: { boolean: true } }))],
    ['a is not distinct from b', fn('<=>', a, b)],
    ['a is not unknown', fn('isNotNull', a)],
    [
      'a in (select x from t join s.u on x = y)',
      {
        extension: {
          '@type': 'type.millrace.dev/Subquery',
          subqueryType: 'IN',
          values: [a],
          text: 'select x from t join s.u on x = y',
          relations: ['t', 's.u'],
        },
      },
    ],
  ])('%s', (text, tree) => expect(json(text)).toEqual(tree))
})

describe('literals', () => {
  it.each<[string, unknown]>([
    ['1L', { long: '1' }],
    ['-128Y', { byte: -128 }],
    ['3S', { short: 3 }],
    ['9223372036854775808', { decimal: { value: '9223372036854775808', precision: 19, scale: 0 } }],
    ['1.50', { decimal: { value: '1.50', precision: 3, scale: 2 } }],
    ['0.05BD', { decimal: { value: '0.05', precision: 2, scale: 2 } }],
    ['1e3', { double: 1000 }],
    ['1.5F', { float: 1.5 }],
    ["'a\\n\\u0041\\101\\%''b' \"c\"", { string: "a\nAA\\%'bc" }],
    ["r'\\n'", { string: '\\n' }],
    ["DATE '2024-01-06'", { date: 19728 }],
    ["timestamp '2024-01-06 04:00:00.5'", { timestamp: '1704513600500000' }],
    ["timestamp '2024-01-06 04:00:00 Europe/Zurich'", { timestamp: '1704510000000000' }],
    ["X'1F2'", { binary: 'AfI=' }],
    ['interval 1 day 2 hours', { dayTimeInterval: '93600000000', dataType: { dayTimeInterval: { startField: 0, endField: 1 } } }],
    ["interval '1-2' year to month", { yearMonthInterval: 14 }],
    ["interval -'1' week", { dayTimeInterval: '-604800000000', dataType: { dayTimeInterval: { startField: 0, endField: 0 } } }],
    ["interval '10 9:8:7.123456789' day to second", { dayTimeInterval: '896887123456' }],
    ['null', { null: { null: {} } }],
  ])('%s', (text, literal) => expect(json(text)).toEqual({ literal }))

  it('reads timestamps in the session zone', () => {
    expect(expressionToJson(parseExpression("TIMESTAMP '2024-07-01 00:00:00'", { timeZone: 'Europe/Zurich' }))).toEqual({
      literal: { timestamp: '1719784800000000' },
    })
  })
})

describe('forms', () => {
  const x = { unresolvedNamedLambdaVariable: { nameParts: ['x'] } }
  it.each<[string, unknown]>([
    ['case when a then 1 else 2 end', fn('when', a, int(1), int(2))],
    ['case a when 1 then b end', fn('when', fn('==', a, int(1)), b)],
    ['try_cast(a as decimal(5, 2))', { cast: { expr: a, type: { decimal: { precision: 5, scale: 2 } }, evalMode: 'EVAL_MODE_TRY' } }],
    [
      'cast(a as map<string, array<int>>)',
      {
        cast: {
          expr: a,
          type: {
            map: {
              keyType: { string: {} },
              valueType: { array: { elementType: { integer: {} }, containsNull: true } },
              valueContainsNull: true,
            },
          },
        },
      },
    ],
    ['a.b.c', column('a.b.c')],
    ['`a.b`.c', column('`a.b`.c')],
    [
      'f(a).b[0]',
      {
        unresolvedExtractValue: { child: { unresolvedExtractValue: { child: fn('f', a), extraction: string('b') } }, extraction: int(0) },
      } as unknown,
    ],
    ['trim(leading b from a)', fn('ltrim', b, a)],
    ['substring(a from 2 for 3)', fn('substring', a, int(2), int(3))],
    ['extract(year from a)', fn('extract', string('year'), a)],
    ['dateadd(hour, 1, a)', fn('timestampadd', string('hour'), int(1), a)],
    ['date_add(a, 1)', fn('date_add', a, int(1))],
    ['position(a in b)', fn('locate', a, b)],
    ['count(*)', fn('count', { unresolvedStar: {} })],
    ['t.*', { unresolvedStar: { unparsedTarget: 't.*' } }],
    ['sum(distinct a)', { unresolvedFunction: { functionName: 'sum', arguments: [a], isDistinct: true } }],
    ['f(x => 1)', fn('f', { namedArgumentExpression: { key: 'x', value: int(1) } })],
    ['f(a, x -> x + b)', fn('f', a, { lambdaFunction: { function: fn('+', x, b), arguments: [{ nameParts: ['x'] }] } })],
    ['(a, 1)', fn('named_struct', string('a'), a, string('col2'), int(1))],
    ['current_date', column('current_date')],
    ['date', column('date')],
    ['interval + 1', fn('+', column('interval'), int(1))],
    ['case', column('case')],
    ['a as b', { alias: { expr: a, name: ['b'] } }],
    ['f(a) (x, y)', { alias: { expr: fn('f', a), name: ['x', 'y'] } }],
    ['a /* no */ + -- no\n b', fn('+', a, b)],
  ])('%s', (text, tree) => expect(json(text)).toEqual(tree))

  it('reads a window with its frame', () => {
    expect(json('sum(a) over (partition by b order by c desc rows between 3 preceding and current row)')).toEqual({
      window: {
        windowFunction: fn('sum', a),
        partitionSpec: [b],
        orderSpec: [{ child: c, direction: 'SORT_DIRECTION_DESCENDING', nullOrdering: 'SORT_NULLS_LAST' }],
        frameSpec: { frameType: 'FRAME_TYPE_ROW', lower: { value: int(-3) }, upper: { currentRow: true } },
      },
    })
  })

  it('reads a list of columns, SELECT or not', () => {
    expect(parseSelectList('SELECT a, 1 AS b;')).toEqual(parseSelectList('a, 1 b'))
  })
})

describe('what is wrong', () => {
  it.each([
    ['a +', 'PARSE_SYNTAX_ERROR', 'a +\n   ^'],
    ['a\n+ b)', 'PARSE_SYNTAX_ERROR', '+ b)\n   ^'],
    ['', 'PARSE_EMPTY_STATEMENT', ''],
    ['40000S', 'INVALID_NUMERIC_LITERAL_RANGE', '^'],
    ["timestamp '2016-33-11'", 'INVALID_TYPED_LITERAL', '^'],
    ["geo 'x'", 'UNSUPPORTED_TYPED_LITERAL', '^'],
    ["interval '1 year 2 second'", 'MIXED_INTERVAL_UNITS', '^'],
    ["interval '10' month to second", 'INVALID_INTERVAL_FORMAT', '^'],
    ["a like b escape '##'", 'INVALID_ESC', '^'],
    ['a like any()', 'INVALID_SQL_SYNTAX', '^'],
    ['a /* b', 'UNCLOSED_BRACKETED_COMMENT', 'a /* b\n  ^'],
    ['f(a) over (order by a rows b preceding)', 'INVALID_WINDOW_FRAME', '^'],
  ] as const)('%s', (text, condition, details) => {
    try {
      parseExpression(text)
    } catch (error) {
      expect(error).toMatchObject({ condition })
      expect(isMillraceError(error) && error.details.join('\n')).toContain(details)
      return
    }
    expect.unreachable('it should not parse')
  })
})
