import type { TCall } from '../../../../analyze/resolved.ts'
import { binaryType, type DataType, isString, stringType, structType } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type HostFunction, quoteName, quoteText } from '../context.ts'
import { once, onceEach } from '../once.ts'
import { duckType, structField } from '../types.ts'
import { literalOf } from './literal-argument.ts'
import { SEQUENCES } from './sequence.ts'

const hasNull = (a: string): string => `len(${a}) > list_count(${a})`
/** Null where any of these is. */
const whole = (args: readonly string[], sql: string): string =>
  `CASE WHEN ${args.map(a => `${a} IS NOT NULL`).join(' AND ')} THEN ${sql} END`
/** The first of each run of equal elements, nulls included. */
const distinct = (a: string): string => once(a, l => `list_filter(${l}, lambda mr_e, mr_i: list_position(${l}, mr_e) = mr_i)`)
const isIn = (a: string, e: string): string => `list_position(${a}, ${e}) IS NOT NULL`
const typed = (call: TCall, sql: string): string => `CAST(${sql} AS ${duckType(call.dataType)})`

const contains: FunctionLowering = (_, args) =>
  onceEach(
    args,
    (a, v) =>
      `CASE WHEN ${a} IS NULL OR ${v} IS NULL THEN NULL WHEN list_contains(${a}, ${v}) THEN TRUE WHEN ${hasNull(a!)} THEN NULL ELSE FALSE END`,
  )

const overlap: FunctionLowering = (_, args) =>
  onceEach(args, (a, b) => {
    const shared = `len(list_filter(${a}, lambda mr_e: mr_e IS NOT NULL AND list_contains(${b}, mr_e))) > 0`
    return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN ${shared} THEN TRUE WHEN len(${a}) > 0 AND len(${b}) > 0 AND (${hasNull(a!)} OR ${hasNull(b!)}) THEN NULL ELSE FALSE END`
  })

const nulls = (n: string, type: string): string => `list_resize(CAST([] AS ${type}), greatest(${n}, 0))`
const insert: FunctionLowering = (call, args) =>
  onceEach(args, (a, place, e) => {
    const type = duckType(call.dataType)
    const forward = `list_concat(${a}[:${place} - 1], ${nulls(`${place} - 1 - len(${a})`, type)}, [${e}], ${a}[${place}:])`
    const inside = `list_concat(${a}[:len(${a}) + ${place} + 1], [${e}], ${a}[len(${a}) + ${place} + 2:])`
    const before = `list_concat([${e}], ${nulls(`-(${place}) - 1 - len(${a})`, type)}, ${a})`
    const branches = `WHEN ${place} = 0 THEN ${fail('INVALID_INDEX_OF_ZERO', {})} WHEN ${place} > 0 THEN ${forward} WHEN -(${place}) <= len(${a}) THEN ${inside} ELSE ${before}`
    return typed(call, `CASE WHEN ${a} IS NULL OR ${place} IS NULL THEN NULL ${branches} END`)
  })

const slice: FunctionLowering = (call, args) =>
  onceEach(args, (a, start, n) => {
    const first = `CASE WHEN ${start} > 0 THEN ${start} ELSE len(${a}) + ${start} + 1 END`
    const bad = (parameter: string, value: string) =>
      fail('INVALID_PARAMETER_VALUE', {
        parameter: quoteText(parameter),
        func: `'slice'`,
        value,
        kind: quoteText(parameter.toUpperCase()),
      })
    return `CASE WHEN ${a} IS NULL OR ${start} IS NULL OR ${n} IS NULL THEN NULL WHEN ${start} = 0 THEN ${bad('start', start!)} WHEN ${n} < 0 THEN ${bad('length', n!)} WHEN (${first}) < 1 OR ${n} = 0 THEN CAST([] AS ${duckType(call.dataType)}) ELSE ${a}[(${first}):(${first}) + ${n} - 1] END`
  })

const zip: FunctionLowering = (call, args) => {
  const row = call.dataType.kind === 'array' && call.dataType.elementType.kind === 'struct' ? call.dataType.elementType : structType([])
  const names = row.fields.map(f => f.name)
  if (args.length === 0) return typed(call, '[]')
  return onceEach(args, (...lists) => {
    const fields = lists.map((l, i) => `${quoteName(structField(names, i))} := ${l}[mr_i]`).join(', ')
    return whole(
      lists,
      `list_transform(range(1, greatest(${lists.map(l => `len(${l})`).join(', ')}) + 1), lambda mr_i: struct_pack(${fields}))`,
    )
  })
}

/** An element by its place from 1 (from the end when negative), or the value of a key. */
const elementAt =
  (attempt: boolean): FunctionLowering =>
  (call, args) =>
    call.args[0]!.dataType.kind === 'map'
      ? `map_extract_value(${args[0]}, ${args[1]})`
      : onceEach(args, (a, i) => {
          const outside = attempt ? 'NULL' : fail('INVALID_ARRAY_INDEX_IN_ELEMENT_AT', { indexValue: i!, arraySize: `len(${a})` })
          return `CASE WHEN ${a} IS NULL OR ${i} IS NULL THEN NULL WHEN ${i} = 0 THEN ${fail('INVALID_INDEX_OF_ZERO', {})} WHEN abs(${i}) > len(${a}) THEN ${outside} ELSE list_extract(${a}, ${i}) END`
        })

const REVERSE_TEXT: HostFunction = {
  name: 'mr_reverse_text',
  args: [stringType],
  returns: stringType,
  call: text => [...(text as string)].reverse().join(''),
}
const REVERSE_BYTES: HostFunction = {
  name: 'mr_reverse_bytes',
  args: [binaryType],
  returns: binaryType,
  call: bytes => (bytes as Uint8Array).toReversed(),
}

/** One value's elements: memory for them is taken before DuckDB's own limit can say no. */
const MOST_ELEMENTS = 2 ** 27
const TOO_MANY = fail('COLLECTION_SIZE_LIMIT_EXCEEDED', {})

const sequence: FunctionLowering = (call, args, ctx) => {
  const kind = call.args[0]!.dataType.kind
  const [start, stop, step] = args
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestampNtz') {
    const stepType: DataType = call.args[2]?.dataType ?? { kind: 'null' }
    const fn = SEQUENCES(call.args[0]!.dataType, stepType, ctx.timeZone)
    return `${ctx.host(fn)}(${[start, stop, ...(step === undefined ? [] : [step])].join(', ')})`
  }
  return onceEach([start!, stop!, step ?? `CASE WHEN ${start} <= ${stop} THEN 1 ELSE -1 END`], (a, b, by) => {
    const wrong = `(${b} > ${a} AND ${by} <= 0) OR (${b} < ${a} AND ${by} >= 0)`
    const failure = fail('INVALID_PARAMETER_VALUE', { parameter: `'step'`, func: `'sequence'`, value: by! })
    const steps = `generate_series(CAST(${a} AS BIGINT), CAST(${b} AS BIGINT), CAST(CASE WHEN ${by} = 0 THEN 1 ELSE ${by} END AS BIGINT))`
    const count = `(CAST(${b} AS DOUBLE) - CAST(${a} AS DOUBLE)) / nullif(CAST(${by} AS DOUBLE), 0)`
    return whole(
      [a!, b!, by!],
      `CASE WHEN ${wrong} THEN ${failure} WHEN ${count} >= ${MOST_ELEMENTS} THEN ${TOO_MANY} ELSE ${typed(call, steps)} END`,
    )
  })
}

const concat: FunctionLowering = (call, args) => {
  if (args.length === 0) return `''`
  if (call.dataType.kind !== 'array') return args.length === 1 ? args[0]! : `(${args.join(' || ')})`
  return onceEach(args, (...lists) => whole(lists, lists.length === 1 ? lists[0]! : `list_concat(${lists.join(', ')})`))
}

const join: FunctionLowering = (_, [a, delimiter, instead]) => {
  const parts =
    instead === undefined
      ? `list_filter(${a}, lambda mr_e: mr_e IS NOT NULL)`
      : `list_transform(${a}, lambda mr_e: COALESCE(mr_e, ${instead}))`
  return `array_to_string(${parts}, ${delimiter})`
}

const sortArray: FunctionLowering = (call, [a, ascending]) => {
  const up = `list_sort(${a}, 'ASC', 'NULLS FIRST')`
  const down = `list_sort(${a}, 'DESC', 'NULLS LAST')`
  const literal = call.args[1] === undefined ? true : literalOf(call.args[1])
  return literal === undefined ? `CASE WHEN ${ascending} THEN ${up} ELSE ${down} END` : literal ? up : down
}

export const array: Readonly<Record<string, FunctionLowering>> = {
  array: (call, args) => typed(call, `[${args.join(', ')}]`),
  array_append: (_, [a, e]) => whole([a!], `list_append(${a}, ${e})`),
  array_prepend: (_, [a, e]) => whole([a!], `list_prepend(${e}, ${a})`),
  array_compact: (_, [a]) => `list_filter(${a}, lambda mr_e: mr_e IS NOT NULL)`,
  array_contains: contains,
  array_distinct: (_, [a]) => distinct(a!),
  array_except: (_, args) =>
    onceEach(args, (a, b) => whole([a!, b!], distinct(`list_filter(${a}, lambda mr_x: NOT (${isIn(b!, 'mr_x')}))`))),
  array_intersect: (_, args) => onceEach(args, (a, b) => whole([a!, b!], distinct(`list_filter(${a}, lambda mr_x: ${isIn(b!, 'mr_x')})`))),
  array_union: (_, args) => onceEach(args, (a, b) => whole([a!, b!], distinct(`list_concat(${a}, ${b})`))),
  arrays_overlap: overlap,
  array_insert: insert,
  array_join: join,
  array_max: (_, [a]) => `list_max(${a})`,
  array_min: (_, [a]) => `list_min(${a})`,
  array_position: (_, args) => onceEach(args, (a, v) => whole([a!, v!], `CAST(COALESCE(list_position(${a}, ${v}), 0) AS BIGINT)`)),
  array_remove: (_, args) => onceEach(args, (a, v) => whole([a!, v!], `list_filter(${a}, lambda mr_e: mr_e IS DISTINCT FROM ${v})`)),
  array_repeat: (call, [e, n]) =>
    once(
      n!,
      count =>
        `CASE WHEN ${count} > ${MOST_ELEMENTS} THEN ${TOO_MANY} ELSE ${typed(call, `list_transform(range(${count}), lambda mr_i: ${e})`)} END`,
    ),
  array_size: (_, [a]) => `CAST(len(${a}) AS INTEGER)`,
  arrays_zip: zip,
  flatten: (_, [a]) => once(a!, l => `CASE WHEN NOT (${hasNull(l)}) THEN flatten(${l}) END`),
  get: (_, args) => onceEach(args, (a, i) => `CASE WHEN ${i} >= 0 THEN list_extract(${a}, ${i} + 1) END`),
  sequence,
  shuffle: (_, [a]) => `list_transform(list_sort(list_transform(${a}, lambda mr_e: {'r': random(), 'e': mr_e})), lambda mr_p: mr_p.e)`,
  slice,
  sort_array: sortArray,
}

export const collection: Readonly<Record<string, FunctionLowering>> = {
  size: (call, [c]) => `CAST(${call.args[0]!.dataType.kind === 'map' ? 'cardinality' : 'len'}(${c}) AS INTEGER)`,
  concat,
  element_at: elementAt(false),
  try_element_at: elementAt(true),
  reverse: (call, [x], ctx) => {
    const type = call.args[0]!.dataType
    if (type.kind === 'array') return `list_reverse(${x})`
    return `${ctx.host(isString(type) ? REVERSE_TEXT : REVERSE_BYTES)}(${x})`
  },
}
