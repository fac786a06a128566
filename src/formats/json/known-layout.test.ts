import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchFromRows, type ColumnData, type DataType, field, parseDdl, rowsOf, structType } from '../../types/index.ts'
import { jsonDecoder } from './decoder.ts'
import { jsonColumns } from './functions.ts'

const DDL =
  's string, i int, b byte, sh short, l long, d double, f float, ok boolean, at timestamp, ntz timestamp_ntz, day date, dec decimal(12,3), xs array<int>, o struct<s: string, n: int>, m map<string, long>'
const TYPE = parseDdl(DDL)
const names = TYPE.fields.map(f => f.name)

const texts = (values: readonly string[]): ColumnData =>
  batchFromRows(
    parseDdl('t string'),
    values.map(t => ({ t })),
  ).columns[0]!
const shown = (column: ColumnData, type: DataType): string[] =>
  [...rowsOf({ schema: structType([field('v', type)]), length: column.length, columns: [column] })].map(r =>
    JSON.stringify(r, (_, v) =>
      typeof v === 'bigint'
        ? `${v}n`
        : v instanceof Map
          ? [...v]
          : typeof v === 'number' && (Object.is(v, -0) || !Number.isFinite(v))
            ? `number ${Object.is(v, -0) ? '-0' : v}`
            : v,
    ),
  )

const spelled = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    'tru',
    'NaN',
    '-Infinity',
    '{}',
    '[]',
    '[1,2]',
    '{"s":"x","n":2}',
    '{"n":"x"}',
    '{"a":1,"b":2}',
    '{"a": [1.50, {"b": "\\u0001"}]}',
    '1'.repeat(1001),
    '"\\u00e9\\n"',
    '"é"',
    '"',
    '"a\tb"',
    "'single'",
    '01',
    '-',
    '-0',
    '1.',
    '.5',
    '1e3',
    '1E-2',
    '12.50',
    '0.1',
    '123456789012345',
    '1234567890123456',
    '9223372036854775807',
    '9223372036854775808',
    '2147483648',
    '-2147483648',
    '255',
    '0.1234567890123456',
    '12345678901234.5',
    '1 ',
    ' 1',
    '"2026-01-02T03:04:05Z"',
    '"2026-01-02 03:04:05.123456789"',
    '"2026-03-29 02:30:00"',
    '"2026-10-25T02:30:00+02:00"',
    '"2026-02-30T00:00:00"',
    '"2026-01-02"',
    '"0001-01-01 00:00:00"',
    '"2254-12-31 23:59:59.999999"',
    '"2255-01-01 00:00:00"',
    '"9999-12-31T23:59:59.5Z"',
    '"1969-12-31T23:59:59.999999Z"',
    '"10:00"',
    '""',
  ),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => JSON.stringify(n)),
  fc.string({ maxLength: 20 }).map(s => JSON.stringify(s)),
  fc.string({ unit: 'grapheme', maxLength: 5 }).map(s => JSON.stringify(s)),
)
const blank = fc.constantFrom('', '', '', '', ' ', '\n ', '/**/')
const member = fc
  .tuple(fc.constantFrom(...names, 'unknown', 'a\\u0062c'), blank, blank, spelled, blank)
  .map(([name, a, c, value, e]) => `"${name}"${a}:${c}${value}${e}`)
const record = fc
  .tuple(blank, fc.array(member, { maxLength: 8 }), fc.constantFrom('}', '}', '}', '}', '', '}}', '} x', ']', ',}'))
  .map(([before, members, end]) => `${before}{${members.join(',')}${end}`)
/** Like the ones before it, but for a value here and there. */
const family = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...names, 'unknown'), { minLength: 1, maxLength: 7 }), fc.constantFrom(':', ': ', ' :'), blank)
  .chain(([keys, colon, gap]) =>
    fc.array(
      fc
        .tuple(
          ...keys.map(() => spelled),
          fc.option(fc.nat({ max: keys.length - 1 }), { freq: 3, nil: undefined }),
          fc.option(record, { freq: 6, nil: undefined }),
        )
        .map(parts => {
          const other = parts.at(-1) as string | undefined
          const dropped = parts.at(-2) as number | undefined
          return (
            other ??
            `{${keys
              .map((k, i) => `"${k}"${colon}${parts[i]}`)
              .filter((_, i) => i !== dropped)
              .join(`,${gap}`)}}`
          )
        }),
      { minLength: 2, maxLength: 40 },
    ),
  )
const options = fc.constantFrom<Record<string, string>>(
  {},
  { timezone: 'Europe/Zurich' },
  { timezone: 'UTC', columnnameofcorruptrecord: '_bad' },
  { timezone: 'UTC', allowcomments: 'true', allownumericleadingzeros: 'true' },
  { maxnestingdepth: '2', maxnumlen: '6', maxstringlen: '4' },
  { timezone: 'UTC', allowunquotedcontrolchars: 'true', timestampformat: 'yyyy-MM-dd' },
)
const WITH_BAD = parseDdl(`${DDL}, _bad string`)

test('a record is read the same whatever came before it', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(family, fc.array(record, { maxLength: 12 })), options, (records, given) => {
      const type = 'columnnameofcorruptrecord' in given ? WITH_BAD : TYPE
      const together = jsonColumns(type, given)
      const seen = [...shown(together(texts(records), records.length), type), ...shown(together(texts(records), records.length), type)]
      // A function of its own for each record has nothing to remember: the careful way.
      const alone = records.flatMap(r => shown(jsonColumns(type, given)(texts([r]), 1), type))
      expect(seen).toEqual([...alone, ...alone])
    }),
    { numRuns: Number(process.env['RUNS'] ?? 400) },
  )
})

test('a file is read the same as each of its lines alone', { timeout: 60_000 }, () => {
  const read = (text: string, given: Record<string, string>): string[] => {
    const decoder = jsonDecoder(WITH_BAD, { columnnameofcorruptrecord: '_bad', ...given })
    decoder.open('f')
    decoder.push(Buffer.from(text, 'utf8'))
    decoder.close()
    return [...rowsOf(decoder.take())].map(r => inspect(r, { depth: null }))
  }
  fc.assert(
    fc.property(fc.oneof(family, fc.array(record, { maxLength: 12 })), options, (records, given) => {
      const lines = records.map(r => r.replaceAll(/[\r\n]/g, ' '))
      expect(read(lines.join('\n'), given)).toEqual(lines.flatMap(line => read(line, given)))
    }),
    { numRuns: Number(process.env['RUNS'] ?? 200) },
  )
})

test('FAILFAST fails on the same records', () => {
  fc.assert(
    fc.property(family, records => {
      const fails = (work: () => unknown): boolean => {
        try {
          work()
          return false
        } catch {
          return true
        }
      }
      const together = jsonColumns(TYPE, { mode: 'failfast' })
      for (const r of records) {
        const alone = fails(() => jsonColumns(TYPE, { mode: 'failfast' })(texts([r]), 1))
        expect(fails(() => together(texts([r]), 1))).toBe(alone)
      }
    }),
    { numRuns: 100 },
  )
})
