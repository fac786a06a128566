import {
  byteType,
  calendarIntervalType,
  type DataType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  integerType,
  longType,
  stringType,
  timestampNtzType,
  timestampType,
  timeType,
  yearMonthIntervalType,
} from '../types/index.ts'
import type { ResultRule, Signature } from './function.ts'
import { arg, group, type Row, sig } from './rules.ts'

const NOW = { nullability: 'never', deterministic: false } as const
const MAYBE = { nullability: 'always' } as const
const fraction = decimalType(8, 6)

/** What a field of `extract` and `date_part` comes to, by the kind of its source. */
const extractType: ResultRule = ([, source], [field]) => {
  const name = String(field).toUpperCase()
  if (['S', 'SEC', 'SECS', 'SECOND', 'SECONDS'].includes(name)) return fraction
  const inInterval = source?.kind === 'calendarInterval' || source?.kind === 'yearMonthInterval' || source?.kind === 'dayTimeInterval'
  const whole = ['Y', 'YR', 'YRS', 'YEAR', 'YEARS', 'D', 'DAY', 'DAYS']
  return inInterval && !whole.includes(name) ? byteType : integerType
}
const SOURCES = ['date', 'timestamp', 'timestampNtz', 'time', 'yearMonthInterval', 'dayTimeInterval', 'calendarInterval'] as const
const extracted: readonly Signature[] = [...SOURCES.map(t => sig(['string', t], extractType)), sig(['string', 'timestamp'], extractType)]

const ofDate = (name: string, doc: string, rest?: Row[4]): Row => [
  name,
  sig(['date'], integerType),
  doc,
  [`${name}(date'2009-07-30')`],
  rest,
]
const clock: readonly Signature[] = [sig(['timestamp'], integerType), sig(['timestampNtz'], integerType), sig(['time'], integerType)]
const ofClock = (name: string, doc: string): Row => [name, clock, doc, [`${name}(timestamp'2018-02-14 12:58:59')`]]
const nameOf = (name: string, doc: string): Row => [name, sig(['date'], stringType), doc, [`${name}(date'2008-02-20')`]]

const parsing = (returns: DataType): readonly Signature[] => [
  sig(['string', 'string'], returns, { optional: 1 }),
  ...(['date', 'timestamp', 'timestampNtz'] as const).map(t => sig([t, 'string'], returns, { optional: 1 })),
]
const numbers = [sig(['numeric'], timestampType)]
const seconds: readonly Signature[] = [
  ...(['string', 'date', 'timestamp', 'timestampNtz'] as const).map(t =>
    sig([t, 'string'], longType, { optional: 1, defaults: ["'yyyy-MM-dd HH:mm:ss'"] }),
  ),
]
const parts = ['integer', 'integer', 'integer', 'integer', 'integer'] as const
const second = decimalType(16, 6)
/** From six numbers, with a zone or without. */
const sixParts = (returns: DataType, zone: boolean): Signature =>
  sig(zone ? [...parts, second, 'string'] : [...parts, second], returns, zone ? { optional: 1 } : {})
/** From a date and a time. */
const dateAndTime = (returns: DataType, zone: boolean, name: string, need = 2): Signature =>
  sig(zone ? ['date', 'time', 'string'] : ['date', 'time'], returns, { optional: (zone ? 3 : 2) - need, shown: { name } })
const making = (prefix: '' | 'try_'): readonly Row[] => {
  const rest = prefix === '' ? undefined : MAYBE
  const sample = '(2014, 12, 28, 6, 30, 45.887)'
  return [
    [
      `${prefix}make_timestamp`,
      [sixParts(timestampType, true), dateAndTime(timestampType, true, `${prefix}make_timestamp`, 1)],
      'An instant from year, month, day, hour, minute, second in the session zone (or the given one).',
      [`${prefix}make_timestamp${sample}`],
      rest,
    ],
    [
      `${prefix}make_timestamp_ltz`,
      [sixParts(timestampType, true), dateAndTime(timestampType, true, 'make_timestamp')],
      'As make_timestamp.',
      [`${prefix}make_timestamp_ltz${sample}`],
      rest,
    ],
    [
      `${prefix}make_timestamp_ntz`,
      [sixParts(timestampNtzType, false), dateAndTime(timestampNtzType, false, 'make_timestamp_ntz')],
      'A local timestamp, without a zone, from its parts.',
      [`${prefix}make_timestamp_ntz${sample}`],
      rest,
    ],
    [
      `${prefix}make_interval`,
      sig([...parts, 'integer', second], calendarIntervalType, { optional: 7, defaults: ['0', '0', '0', '0', '0', '0', '0.000000'] }),
      'A calendar interval from years, months, weeks, days, hours, minutes, seconds.',
      [`${prefix}make_interval(100, 11, 1, 1, 12, 30, 1.001001)`],
      rest,
    ],
  ]
}
const overTime = (name: string, types: readonly ('timestamp' | 'timestampNtz')[], unit: 'add' | 'diff'): Row => [
  name,
  types.map(t => (unit === 'add' ? sig(['string', 'long', t], arg(2)) : sig(['string', t, t], longType))),
  unit === 'add' ? 'The time that many units later.' : 'How many whole units lie between two times.',
  [
    unit === 'add'
      ? `${name}(HOUR, 8, timestamp'2022-02-11 20:30:00')`
      : `${name}(HOUR, timestamp'2022-02-11 20:30:00', timestamp'2022-02-12 04:30:00')`,
  ],
]

const rows: readonly Row[] = [
  [
    'current_date',
    sig([], dateType),
    'Today in the session zone, the same for a whole batch.',
    ['current_date()'],
    { ...NOW, aliases: ['curdate'], shownAs: { curdate: 'current_date' } },
  ],
  ['current_timestamp', sig([], timestampType), 'Now, the same for a whole batch.', ['current_timestamp()'], { ...NOW, aliases: ['now'] }],
  ['localtimestamp', sig([], timestampNtzType), 'Now as read off a clock in the session zone.', ['localtimestamp()'], NOW],
  ['current_timezone', sig([], stringType), 'The session zone.', ['current_timezone()'], { nullability: 'never' }],
  [
    'current_time',
    sig(['integer'], (_, [p]) => timeType(p === undefined ? 6 : Number(p)), { optional: 1, defaults: ['6'] }),
    'The time of day in the session zone.',
    ['current_time()'],
    NOW,
  ],
  [
    'add_months',
    sig(['date', 'integer'], dateType),
    'The date that many months later; the last day of a shorter month stands in for a day it lacks.',
    ["add_months(date'2016-08-31', 1)"],
  ],
  [
    'date_add',
    sig(['date', 'integer'], dateType),
    'The date that many days later.',
    ["date_add(date'2016-07-30', 1)"],
    { aliases: ['dateadd'], shownAs: { dateadd: 'date_add' } },
  ],
  ['date_sub', sig(['date', 'integer'], dateType), 'The date that many days earlier.', ["date_sub(date'2016-07-30', 1)"]],
  [
    'datediff',
    sig(['date', 'date'], integerType),
    'Days from the second date to the first.',
    ["datediff(date'2009-07-31', date'2009-07-30')"],
    { aliases: ['date_diff'] },
  ],
  [
    'months_between',
    sig(['timestamp', 'timestamp', 'boolean'], doubleType, { optional: 1, defaults: ['true'] }),
    'Months from the second time to the first, with a fraction of 31 days, rounded to 8 digits unless the last argument is false.',
    ["months_between(timestamp'1997-02-28 10:30:00', timestamp'1996-10-30')"],
  ],
  ['last_day', sig(['date'], dateType), 'The last day of the month.', ["last_day(date'2009-01-12')"]],
  [
    'next_day',
    sig(['date', 'string'], dateType),
    'The first date after this one that falls on the named day of the week.',
    ["next_day(date'2015-01-14', 'TU')"],
  ],
  overTime('timestampadd', ['timestamp', 'timestampNtz'], 'add'),
  overTime('timestampdiff', ['timestamp', 'timestampNtz'], 'diff'),
  ofDate('year', 'The year.'),
  ofDate('quarter', 'The quarter, 1 to 4.'),
  ofDate('month', 'The month, 1 to 12.'),
  ofDate('day', 'The day of the month.', { aliases: ['dayofmonth'] }),
  ofDate('dayofweek', 'The day of the week, 1 for Sunday to 7 for Saturday.'),
  ofDate('dayofyear', 'The day of the year.'),
  ofDate('weekday', 'The day of the week, 0 for Monday to 6 for Sunday.'),
  ofDate('weekofyear', 'The week of the year by ISO 8601.'),
  ofClock('hour', 'The hour, 0 to 23.'),
  ofClock('minute', 'The minute.'),
  ofClock('second', 'The second, without its fraction.'),
  nameOf('dayname', 'The short English name of the day.'),
  nameOf('monthname', 'The short English name of the month.'),
  [
    'date_part',
    extracted,
    'One field of a time or interval.',
    ["date_part('week', timestamp'2019-08-12 01:00:00.123456')"],
    { aliases: ['datepart', 'extract'] },
  ],
  [
    'date_trunc',
    sig(['string', 'timestamp'], timestampType),
    'The start of the unit that the time falls in, in the session zone; null for an unknown unit.',
    ["date_trunc('HOUR', timestamp'2015-03-05 09:32:05.359')"],
    MAYBE,
  ],
  [
    'trunc',
    sig(['date', 'string'], dateType),
    'The first day of the unit that the date falls in; null for an unknown unit.',
    ["trunc(date'2009-02-12', 'MM')"],
    MAYBE,
  ],
  [
    'date_format',
    [sig(['timestamp', 'string'], stringType), sig(['timestampNtz', 'string'], stringType)],
    'The time as text, by a pattern.',
    ["date_format(timestamp'2016-04-08 00:00:00', 'y')"],
  ],
  ['to_date', parsing(dateType), 'A date from text, by a pattern if given.', ["to_date('2016-12-31', 'yyyy-MM-dd')"]],
  ['try_to_date', parsing(dateType), 'As to_date, but null where the text is no date.', ["try_to_date('2016-12-31', 'yyyy-MM-dd')"], MAYBE],
  [
    'to_timestamp',
    [...parsing(timestampType), ...numbers],
    'An instant from text, by a pattern if given; text without a zone is read in the session zone.',
    ["to_timestamp('2016-12-31', 'yyyy-MM-dd')"],
  ],
  [
    'try_to_timestamp',
    [...parsing(timestampType), ...numbers],
    'As to_timestamp, but null where the text is no time.',
    ["try_to_timestamp('foo', 'yyyy-MM-dd')"],
    MAYBE,
  ],
  ['to_timestamp_ltz', [...parsing(timestampType), ...numbers], 'As to_timestamp.', ["to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd')"]],
  [
    'to_timestamp_ntz',
    parsing(timestampNtzType),
    'A local timestamp from text, by a pattern if given.',
    ["to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')"],
  ],
  [
    'unix_timestamp',
    [sig([], longType), ...seconds],
    'Seconds since 1970 of a time, or of text by a pattern; without arguments of now.',
    ["unix_timestamp('2016-04-08', 'yyyy-MM-dd')"],
  ],
  [
    'to_unix_timestamp',
    seconds,
    'Seconds since 1970 of a time, or of text by a pattern.',
    ["to_unix_timestamp('2016-04-08', 'yyyy-MM-dd')"],
  ],
  [
    'from_unixtime',
    sig(['long', 'string'], stringType, { optional: 1, defaults: ["'yyyy-MM-dd HH:mm:ss'"] }),
    'Seconds since 1970 as text, by a pattern, in the session zone.',
    ["from_unixtime(0, 'yyyy-MM-dd HH:mm:ss')"],
  ],
  [
    'from_utc_timestamp',
    sig(['timestamp', 'string'], timestampType),
    'Shifts a time as if it had been read in UTC and should be read in the zone.',
    ["from_utc_timestamp(timestamp'2016-08-31 00:00:00', 'Asia/Seoul')"],
  ],
  [
    'to_utc_timestamp',
    sig(['timestamp', 'string'], timestampType),
    'Shifts a time as if it had been read in the zone and should be read in UTC.',
    ["to_utc_timestamp(timestamp'2016-08-31 00:00:00', 'Asia/Seoul')"],
  ],
  [
    'convert_timezone',
    [sig(['string', 'string', 'timestampNtz'], timestampNtzType), sig(['string', 'timestampNtz'], timestampNtzType)],
    'A local timestamp of one zone (the session zone if left out) as that of another.',
    ["convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')"],
  ],
  ['date_from_unix_date', sig(['integer'], dateType), 'The date so many days after 1970-01-01.', ['date_from_unix_date(1)']],
  ['unix_date', sig(['date'], integerType), 'Days since 1970-01-01.', ["unix_date(date'1970-01-02')"]],
  ['unix_seconds', sig(['timestamp'], longType), 'Whole seconds since 1970.', ["unix_seconds(timestamp'1970-01-01 00:00:01Z')"]],
  ['unix_millis', sig(['timestamp'], longType), 'Whole milliseconds since 1970.', ["unix_millis(timestamp'1970-01-01 00:00:01Z')"]],
  ['unix_micros', sig(['timestamp'], longType), 'Microseconds since 1970.', ["unix_micros(timestamp'1970-01-01 00:00:01Z')"]],
  [
    'timestamp_seconds',
    sig(['numeric'], timestampType),
    'The instant so many seconds after 1970, fractions included.',
    ['timestamp_seconds(1230219000)'],
  ],
  [
    'timestamp_millis',
    sig(['integral'], timestampType),
    'The instant so many milliseconds after 1970.',
    ['timestamp_millis(1230219000123)'],
  ],
  [
    'timestamp_micros',
    sig(['integral'], timestampType),
    'The instant so many microseconds after 1970.',
    ['timestamp_micros(1230219000123123)'],
  ],
  ['make_date', sig(['integer', 'integer', 'integer'], dateType), 'A date from year, month and day.', ['make_date(2013, 7, 15)']],
  ...making(''),
  ...making('try_'),
  [
    'make_dt_interval',
    sig(['integer', 'integer', 'integer', second], dayTimeIntervalType(), { optional: 4, defaults: ['0', '0', '0', '0.000000'] }),
    'An interval from days, hours, minutes, seconds.',
    ['make_dt_interval(1, 12, 30, 1.001001)'],
  ],
  [
    'make_ym_interval',
    sig(['integer', 'integer'], yearMonthIntervalType(), { optional: 2, defaults: ['0', '0'] }),
    'An interval from years and months.',
    ['make_ym_interval(1, 2)'],
  ],
  [
    'time_bucket',
    (['timestamp', 'timestampNtz'] as const).map(t =>
      sig(['dayTimeInterval', t, t], arg(1), { optional: 1, defaults: ["TIMESTAMP '1970-01-01 00:00:00'"] }),
    ),
    'The start of the bucket of the given width that the time falls in.',
    ["time_bucket(INTERVAL '15' MINUTE, timestamp'2024-01-01 11:27:00')"],
  ],
  [
    'make_time',
    sig(['integer', 'integer', second], timeType()),
    'A time of day from hour, minute and second.',
    ['make_time(6, 30, 45.887)'],
  ],
  [
    'to_time',
    sig(['string', 'string'], timeType(), { optional: 1 }),
    'A time of day from text, by a pattern if given.',
    ["to_time('00:12:00')"],
  ],
  [
    'try_to_time',
    sig(['string', 'string'], timeType(), { optional: 1 }),
    'As to_time, but null where the text is no time.',
    ["try_to_time('foo', 'HH:mm:ss')"],
    MAYBE,
  ],
  [
    'time_diff',
    sig(['string', 'time', 'time'], longType),
    'How many whole units lie between two times of day.',
    ["time_diff('HOUR', TIME'20:30:29', TIME'21:30:28')"],
  ],
  ['time_trunc', sig(['string', 'time'], arg(1)), 'The time of day cut to a unit.', ["time_trunc('HOUR', TIME'09:32:05.359')"], MAYBE],
  ['time_from_seconds', sig(['numeric'], timeType()), 'A time of day from seconds since midnight.', ['time_from_seconds(52200.5)']],
  ['time_from_millis', sig(['integral'], timeType()), 'A time of day from milliseconds since midnight.', ['time_from_millis(52200500)']],
  ['time_from_micros', sig(['integral'], timeType()), 'A time of day from microseconds since midnight.', ['time_from_micros(52200500000)']],
  ['time_to_seconds', sig(['time'], decimalType(14, 6)), 'Seconds since midnight.', ["time_to_seconds(TIME'14:30:00.5')"]],
  ['time_to_millis', sig(['time'], longType), 'Whole milliseconds since midnight.', ["time_to_millis(TIME'14:30:00.5')"]],
  ['time_to_micros', sig(['time'], longType), 'Microseconds since midnight.', ["time_to_micros(TIME'14:30:00.5')"]],
  [
    'window_time',
    sig(['struct'], ([w]) => (w?.kind === 'struct' && w.fields[1]?.dataType) || timestampType),
    'The last moment inside a time window: its end less a microsecond.',
    [],
  ],
]

/** Functions of dates and times. `window` and `session_window` belong to the plan (`analyze/`). */
export const DATETIME = group('datetime', 'scalar', rows)
