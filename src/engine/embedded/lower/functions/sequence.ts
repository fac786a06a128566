import { MillraceError } from '../../../../errors/index.ts'
import type { LiteralValue } from '../../../../plan/index.ts'
import { arrayType, type DataType, daysOf, fromWallMicros, type IntervalParts, toWallMicros, ymdOf } from '../../../../types/index.ts'
import type { HostFunction } from '../context.ts'
import { nameSuffix } from '../datetime/name-suffix.ts'
import { DAY } from '../datetime/units.ts'

const LONGEST = 2_000_000

/** Start to stop by an interval: months and days are counted on the calendar from the start each time, so no day is lost on the way. */
export function SEQUENCES(type: DataType, step: DataType, zone: string): HostFunction {
  const given = step.kind === 'null' ? [] : [step]
  return {
    name: `mr_sequence_${type.kind.toLowerCase()}_${step.kind.toLowerCase()}_${nameSuffix(zone)}`,
    args: [type, type, ...given],
    returns: arrayType(type, false),
    call: (start, stop, by) => {
      const parts = partsOf(by, step, type)
      if (type.kind === 'date') {
        return [
          ...walk(
            BigInt(start as number) * DAY,
            BigInt(stop as number) * DAY,
            parts,
            w => w,
            w => w,
          ),
        ].map(us => Number(us / DAY))
      }
      const local = type.kind === 'timestampNtz'
      return [
        ...walk(
          start as bigint,
          stop as bigint,
          parts,
          us => (local ? us : toWallMicros(us, zone)),
          wall => (local ? wall : fromWallMicros(wall, zone)),
        ),
      ]
    },
  }
}

function partsOf(by: LiteralValue | undefined, step: DataType, type: DataType): IntervalParts {
  if (by === undefined) return { months: 0, days: 1, micros: 0n }
  if (step.kind === 'yearMonthInterval') return { months: by as number, days: 0, micros: 0n }
  if (step.kind === 'calendarInterval') return by as unknown as IntervalParts
  return type.kind === 'date' ? { months: 0, days: Number((by as bigint) / DAY), micros: 0n } : { months: 0, days: 0, micros: by as bigint }
}

function* walk(
  start: bigint,
  stop: bigint,
  { months, days, micros }: IntervalParts,
  toWall: (t: bigint) => bigint,
  toInstant: (wall: bigint) => bigint,
): Generator<bigint> {
  const forward = months > 0 || days > 0 || micros > 0n
  const none = months === 0 && days === 0 && micros === 0n
  if ((none && start !== stop) || (!none && (forward ? start > stop : start < stop))) {
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'step',
      func: 'sequence',
      value: `${months} months ${days} days ${micros} us`,
      expected: 'a step that leads from start to stop',
    })
  }
  const wall = toWall(start)
  for (let i = 0; ; i++) {
    const t =
      months === 0 && days === 0
        ? start + BigInt(i) * micros
        : toInstant(addMonths(wall, months * i) + BigInt(days * i) * DAY) + BigInt(i) * micros
    if (forward ? t > stop : t < stop) return
    if (i >= LONGEST)
      throw new MillraceError('INVALID_PARAMETER_VALUE', {
        parameter: 'step',
        func: 'sequence',
        value: `${i} elements`,
        expected: 'a longer step',
      })
    yield t
    if (none) return
  }
}

function addMonths(wall: bigint, months: number): bigint {
  if (months === 0) return wall
  const ofDay = ((wall % DAY) + DAY) % DAY
  const { year, month, day } = ymdOf(Number((wall - ofDay) / DAY))
  const total = year * 12 + month - 1 + months
  const [y, m] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1]
  const last = daysOf(m === 12 ? y + 1 : y, m === 12 ? 1 : m + 1, 1) - daysOf(y, m, 1)
  return BigInt(daysOf(y, m, Math.min(day, last))) * DAY + ofDay
}
