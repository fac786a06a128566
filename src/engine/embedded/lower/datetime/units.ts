/** Whole numbers of microseconds in the units of the clock. */
export const CLOCK: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1_000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
}
export const DAY = 86_400_000_000n

/** `a` divided by a positive constant, rounded down. */
export const floorDiv = (a: string, n: bigint | number): string => `(${a} // ${n} - CASE WHEN ${a} % ${n} < 0 THEN 1 ELSE 0 END)`
/** The rest of it, never negative. */
export const floorMod = (a: string, n: bigint | number): string => `((${a} % ${n} + ${n}) % ${n})`

const same = (unit: string, ...names: string[]): [string, string][] => [unit, ...names].map(n => [n, unit])

/** Names of units that date_trunc and trunc take, upper case. */
export const TRUNCATE: ReadonlyMap<string, string> = new Map([
  ...same('YEAR', 'YYYY', 'YY'),
  ...same('QUARTER'),
  ...same('MONTH', 'MON', 'MM'),
  ...same('WEEK'),
  ...same('DAY', 'DD'),
  ...same('HOUR'),
  ...same('MINUTE'),
  ...same('SECOND'),
  ...same('MILLISECOND'),
  ...same('MICROSECOND'),
])
export const DATE_UNITS: readonly string[] = ['YEAR', 'QUARTER', 'MONTH', 'WEEK']

/** Names of fields that extract and date_part take, upper case. */
export const FIELDS: ReadonlyMap<string, string> = new Map([
  ...same('YEAR', 'Y', 'YEARS', 'YR', 'YRS'),
  ...same('YEAROFWEEK'),
  ...same('QUARTER', 'QTR'),
  ...same('MONTH', 'MON', 'MONS', 'MONTHS'),
  ...same('WEEK', 'W', 'WEEKS'),
  ...same('DAY', 'D', 'DAYS'),
  ...same('DAYOFWEEK', 'DOW'),
  ...same('DAYOFWEEK_ISO', 'DOW_ISO'),
  ...same('DOY'),
  ...same('HOUR', 'H', 'HOURS', 'HR', 'HRS'),
  ...same('MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'),
  ...same('SECOND', 'S', 'SEC', 'SECONDS', 'SECS'),
])
