import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'

const PRELUDE = `
import { avg, col, lit, type Session, schema, sum, window } from 'millrace'
declare const session: Session
const rides = session.readStream.format('csv').schema(schema({ CA: 'string', STATION: 'string', ENTRIES: 'int', TS: 'timestamp' })).load('in/')
const table = session.createDataFrame([{ STATION: 'x', borough: 'y' }])
const counted = rides.groupBy('STATION').count()
const windowed = rides.withWatermark('TS', '1 minute').groupBy(window('TS', '1 minute'), 'STATION').count()
`

/** What does not compile, and what the squiggle must say for a person to know what to do. */
const REFUSED: readonly (readonly [what: string, program: string, says: RegExp])[] = [
  ['a misspelt column', "rides.select('STATOIN')", /STATOIN/],
  ['a misspelt column in col()', "rides.select(col('STATOIN'))", /Property 'STATOIN' is missing in type '{ CA: string/],
  [
    'a misspelt column in an aggregate',
    "rides.groupBy('CA').agg({ n: sum('ENTRIS') })",
    /Property 'ENTRIS' is missing in type '{ CA: string/,
  ],
  ['a misspelt group', "rides.groupBy('STATOIN')", /STATOIN/],
  ['a misspelt column of a callback', "rides.where(c => c.STATOIN.eq('x'))", /'STATOIN' does not exist.*Did you mean 'STATION'\?/s],
  ['a column that was dropped', "rides.drop('CA').select('CA')", /CA/],
  ['a column that an aggregate left behind', "counted.select('ENTRIES')", /ENTRIES/],
  ['a column only one side of a join has', "rides.join(table, 'borough')", /borough/],
  [
    'a sum of texts',
    "rides.groupBy('CA').agg({ n: sum('STATION') })",
    /Types of property 'STATION' are incompatible\.\s+Type 'string' is not assignable to type 'Numeric'/,
  ],
  ['a mean of texts', "rides.groupBy('CA').agg(avg('STATION').as('n'))", /Type 'string' is not assignable to type 'Numeric'/],
  ['a text compared with a number', 'rides.where(c => c.STATION.gt(3))', /'3' is not assignable to parameter of type 'string/],
  ['arithmetic on a text', 'rides.select(c => c.STATION.plus(1))', /arithmetic needs a number: cast it first/],
  ['a watermark on a text', "rides.withWatermark('STATION', '5 minutes')", /STATION/],
  ['a window over a text', "rides.groupBy(window('STATION', '5 minutes'))", /Type 'string' is not assignable to type 'Time'/],
  ['a misspelt option', "session.readStream.format('csv').option('haeder', true)", /haeder/],
  [
    'a misspelt option in an object',
    "session.readStream.format('rate').options({ rowPerSecond: 5 })",
    /there is no option \\?"rowPerSecond\\?" on this side of rate/,
  ],
  ['an option of another format', "session.readStream.format('rate').option('header', true)", /header/],
  ['an option of the reading side', "rides.writeStream.format('csv').option('maxFilesPerTrigger', 1)", /maxFilesPerTrigger/],
  ['collect() on a stream', 'rides.collect()', /stream/i],
  ['show() on a stream', 'rides.show()', /stream/i],
  ['save() of a stream', "rides.write.format('csv').save('out/')", /stream/i],
  ['writeStream on a batch', "table.writeStream.format('console')", /not a stream: use write/],
  ['append of groups that never close', "counted.writeStream.outputMode('append')", /"?append"?.*"(update|complete)"/s],
  ['append by default of groups that never close', "counted.writeStream.format('console').start()", /never close.*withWatermark/s],
  ['complete without an aggregate', "rides.writeStream.outputMode('complete')", /complete/],
  ['a column to partition by that is not there', "rides.writeStream.format('parquet').partitionBy('STATOIN')", /STATOIN/],
  [
    'a row of another shape in foreachBatch',
    'rides.writeStream.foreachBatch(async batch => { for (const row of await batch.collect()) row.STATOIN })',
    /STATOIN/,
  ],
]

const ALLOWED: readonly string[] = [
  "rides.select('STATION', c => c.ENTRIES.plus(1).as('next'), col('TS').cast('date').as('day'))",
  "rides.select(col('anything' as string))",
  "counted.writeStream.outputMode('complete').format('console').start()",
  "windowed.writeStream.outputMode('append').format('console').option('numRows', 5).start()",
  "session.readStream.format('csv').option('header' as string, 'true')",
  "session.readStream.format('mine').option('anything', 1)",
  "rides.join(table, 'STATION').select('borough', 'ENTRIES')",
  'table.collect()',
  "rides.where(c => c.STATION.eq('x').and(c.ENTRIES.gt(lit(3))))",
]

const module = (program: string): string => `${PRELUDE}export const _ = () => {\n${program}\n}\n`
const said = compile({
  ...Object.fromEntries(REFUSED.map(([, program], i) => [`refused-${i}`, module(program)])),
  ...Object.fromEntries(ALLOWED.map((program, i) => [`allowed-${i}`, module(program)])),
})

describe('does not compile, and says why', () => {
  it.each(REFUSED.map(([what, , says], i) => [what, i, says] as const))('%s', (_, i, says) => {
    const messages = said[`refused-${i}`]!
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatch(says)
    for (const part of messages[0]!.split(/\n +Overload /))
      expect(part.length, `a person must be able to read it:\n${part}`).toBeLessThan(1200)
  })
})

describe('compiles', () => {
  it.each(ALLOWED.map((program, i) => [program, i] as const))('%s', (_, i) => {
    expect(said[`allowed-${i}`]).toEqual([])
  })
})

if (process.env['SHOW_MESSAGES'])
  for (const [i, [what]] of REFUSED.entries()) console.log(`${what}\n${said[`refused-${i}`]!.join('\n---\n')}\n`)
