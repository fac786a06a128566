import { type DataType, isString, stringType } from '../../../../types/index.ts'
import { lowerCast } from '../cast.ts'
import { type FunctionLowering, fail, type LowerContext, quoteText } from '../context.ts'
import { once, onceEach } from '../once.ts'
import { textOfBytes } from '../utf8.ts'
import { binaryOf, decodeBytes, encodeText, fromBase64 } from './binary-text.ts'
import { formatNumber, formatString } from './format-host.ts'
import { toChar, toNumber } from './number-format.ts'
import { host } from './string-host.ts'

type Table = Readonly<Record<string, FunctionLowering>>

const native =
  (name: string): FunctionLowering =>
  (_, args) =>
    `${name}(${args.join(', ')})`
const isBinary = (t: DataType): boolean => t.kind === 'binary'

/** Only ASCII is left to DuckDB, whose case mapping is one character to one; Java's is not (ß → SS). */
const cased =
  (name: 'upper' | 'lower'): FunctionLowering =>
  (call, [a], ctx) =>
    once(a!, x => `CASE WHEN strlen(${x}) = length(${x}) THEN ${name}(${x}) ELSE ${host[name]!(call, [x], ctx)} END`)

const length: FunctionLowering = (call, [a]) => `CAST(${isBinary(call.args[0]!.dataType) ? 'octet_length' : 'length'}(${a}) AS INTEGER)`
const octets = (t: DataType, a: string): string => (isBinary(t) ? `octet_length(${a})` : `strlen(${a})`)

/** Question of two texts; of bytes through their hexadecimal digits, in which beginnings and ends keep their places. */
const edge =
  (name: 'starts_with' | 'ends_with'): FunctionLowering =>
  (call, [a, b]) =>
    isBinary(call.args[0]!.dataType) ? `${name}(hex(${a}), hex(${b}))` : `${name}(${a}, ${b})`

const contains: FunctionLowering = (call, args, ctx) =>
  isBinary(call.args[0]!.dataType) ? host.contains!(call, args, ctx) : native('contains')(call, args, ctx)

/** `start` counts from 0 and may lie before the text: what is there counts, but is not in the result (Spark's `substringSQL`). */
function piece(t: DataType, s: string, start: string, length: string): string {
  const from = `greatest(${start}, 0)`
  const take = `greatest(least(CAST(${start} AS BIGINT) + ${length}, 2147483647) - ${from}, 0)`
  return isBinary(t) ? blobPiece(s, from, take) : `substring(${s}, ${from} + 1, ${take})`
}
const blobPiece = (s: string, from: string, take: string): string => `from_hex(substring(hex(${s}), 2 * (${from}) + 1, 2 * (${take})))`

function substringOf(t: DataType, s: string, position: string, length: string): string {
  const p = /^(?:CAST\()?(-?\d+)(?: AS \w+\))?$/.exec(position)
  const n = /^(?:CAST\()?(-?\d+)(?: AS \w+\))?$/.exec(length)
  if (p && n && Number(p[1]) >= 0 && !isBinary(t)) return `substring(${s}, ${Math.max(1, Number(p[1]))}, ${Math.max(0, Number(n[1]))})`
  return onceEach([s, position, length], (x, pos, len) => {
    const size = isBinary(t) ? `octet_length(${x})` : `length(${x})`
    return once(`CASE WHEN ${pos} > 0 THEN ${pos} - 1 WHEN ${pos} < 0 THEN ${size} + ${pos} ELSE 0 END`, start => piece(t, x!, start, len!))
  })
}
const substring: FunctionLowering = (call, [s, p, n]) => substringOf(call.args[0]!.dataType, s!, p!, n ?? '2147483647')
const left: FunctionLowering = (call, [s, n]) => substringOf(call.args[0]!.dataType, s!, '1', n!)
const right: FunctionLowering = (_, [s, n]) =>
  onceEach([s!, n!], (x, k) => `CASE WHEN ${k} <= 0 AND ${x} IS NOT NULL THEN '' ELSE right(${x}, ${k}) END`)

const overlay: FunctionLowering = (call, args) => {
  const t = call.args[0]!.dataType
  return onceEach(args, (s, by, pos, len) => {
    const size = isBinary(t) ? `octet_length(${by})` : `length(${by})`
    const taken = `CASE WHEN ${len} >= 0 THEN ${len} ELSE ${size} END`
    return `(${substringOf(t, s!, '1', `(${pos} - 1)`)} || ${by} || ${substringOf(t, s!, `(${pos} + ${taken})`, '2147483647')})`
  })
}

/** A byte that is no character is not there: `chr` of a negative number is the empty text. */
const chr: FunctionLowering = (_, [a]) => once(a!, x => `CASE WHEN ${x} < 0 THEN '' ELSE chr(CAST(${x} & 255 AS INTEGER)) END`)

const concatWs: FunctionLowering = (call, [sep, ...rest], ctx) => {
  const parts = rest.map((part, i) => asTexts(part, call.args[i + 1]!.dataType, ctx))
  if (rest.length === 0) return `CASE WHEN ${sep} IS NOT NULL THEN '' END`
  if (parts.every(p => !p.list)) return `concat_ws(${sep}, ${parts.map(p => p.sql).join(', ')})`
  const lists = parts.map(p => (p.list ? `COALESCE(${p.sql}, [])` : `[${p.sql}]`))
  const all = lists.reduce((a, b) => `list_concat(${a}, ${b})`)
  return onceEach(
    [sep!],
    s => `CASE WHEN ${s} IS NOT NULL THEN array_to_string(list_filter(${all}, lambda mr_e: mr_e IS NOT NULL), ${s}) END`,
  )
}
function asTexts(sql: string, t: DataType, ctx: LowerContext): { sql: string; list: boolean } {
  if (t.kind !== 'array') return { sql: lowerCast(sql, t, stringType, 'ansi', ctx), list: false }
  return {
    sql: isString(t.elementType)
      ? sql
      : `list_transform(${sql}, lambda mr_e: ${lowerCast('mr_e', t.elementType, stringType, 'ansi', ctx)})`,
    list: true,
  }
}

const decode: FunctionLowering = (call, args, ctx) => {
  if (call.args.length === 2) return decodeBytes(call, args, ctx)
  const [value, ...rest] = args
  const types = call.args.map(a => a.dataType)
  const cast = (sql: string, from: DataType, to: DataType) => lowerCast(sql, from, to, 'ansi', ctx)
  return once(value!, v => {
    const branches: string[] = []
    for (let i = 0; i + 1 < rest.length; i += 2) {
      branches.push(
        `WHEN ${v} IS NOT DISTINCT FROM ${cast(rest[i]!, types[i + 1]!, types[0]!)} THEN ${cast(rest[i + 1]!, types[i + 2]!, call.dataType)}`,
      )
    }
    const otherwise = rest.length % 2 === 1 ? cast(rest.at(-1)!, types.at(-1)!, call.dataType) : 'NULL'
    return `CASE ${branches.join(' ')} ELSE ${otherwise} END`
  })
}

const elt: FunctionLowering = (_, [n, ...values]) =>
  once(n!, i => {
    const failed = fail('INVALID_ARRAY_INDEX', { indexValue: i, arraySize: String(values.length) })
    return `CASE ${values.map((v, k) => `WHEN ${i} = ${k + 1} THEN ${v}`).join(' ')} WHEN ${i} IS NOT NULL THEN ${failed} END`
  })

const findInSet: FunctionLowering = (_, args) =>
  onceEach(args, (word, list) => {
    const place = `COALESCE(CAST(list_position(string_split(${list}, ','), ${word}) AS INTEGER), 0)`
    return `CASE WHEN ${word} IS NULL OR ${list} IS NULL THEN NULL WHEN contains(${word}, ',') THEN 0 ELSE ${place} END`
  })

const instr: FunctionLowering = (_, args) =>
  onceEach(args, (s, sub) => `CASE WHEN ${sub} = '' AND ${s} IS NOT NULL THEN 1 ELSE CAST(instr(${s}, ${sub}) AS INTEGER) END`)

const locate: FunctionLowering = (_, args) =>
  onceEach([args[0]!, args[1]!, args[2] ?? '1'], (sub, s, pos) => {
    const at = once(`instr(substring(${s}, ${pos}), ${sub})`, i => `CASE WHEN ${i} = 0 THEN 0 ELSE ${i} + ${pos} - 1 END`)
    const found = `CASE WHEN ${sub} IS NULL OR ${s} IS NULL THEN NULL WHEN ${pos} < 1 THEN 0 WHEN ${sub} = '' THEN 1 ELSE ${at} END`
    return `CAST(CASE WHEN ${pos} IS NULL THEN 0 ELSE ${found} END AS INTEGER)`
  })

const levenshtein: FunctionLowering = (call, args, ctx) =>
  onceEach(args, (a, b, limit) => {
    const ascii = `strlen(${a}) = length(${a}) AND strlen(${b}) = length(${b})`
    const distance = `CASE WHEN ${ascii} THEN CAST(levenshtein(${a}, ${b}) AS INTEGER) ELSE ${host.levenshtein!(call, [a!, b!], ctx)} END`
    return limit === undefined ? distance : once(distance, d => `CASE WHEN ${d} > ${limit} THEN -1 WHEN ${limit} IS NOT NULL THEN ${d} END`)
  })

const pad =
  (side: 'lpad' | 'rpad'): FunctionLowering =>
  (call, args, ctx) => {
    if (isBinary(call.args[0]!.dataType)) return host[side]!(call, args, ctx)
    return onceEach(args, (s, n, fill) => {
      const size = `greatest(${n}, 0)`
      return `CASE WHEN ${fill} = '' THEN left(${s}, ${size}) ELSE ${side}(${s}, ${size}, ${fill}) END`
    })
  }

/** One argument: blanks. Two: the characters stand before the text; nothing is cut where there are none. */
const trimmed =
  (name: 'trim' | 'ltrim' | 'rtrim', charsFirst = true): FunctionLowering =>
  (_, args) => {
    if (args.length === 1) return `${name}(${args[0]}, ' ')`
    const [chars, text] = charsFirst ? args : [args[1], args[0]]
    return `${name}(${text}, ${chars})`
  }

const splitPart: FunctionLowering = (_, args) =>
  onceEach(args, (s, by, n) => {
    const zero = fail('INVALID_INDEX_OF_ZERO', {})
    const whole = `CASE WHEN ${n} IN (1, -1) THEN ${s} ELSE '' END`
    return `CASE WHEN ${n} = 0 AND ${s} IS NOT NULL AND ${by} IS NOT NULL THEN ${zero} WHEN ${by} = '' THEN ${whole} ELSE split_part(${s}, ${by}, ${n}) END`
  })

const substringIndex: FunctionLowering = (_, args) =>
  onceEach(args, (s, by, n) => {
    const parts = `string_split(${s}, ${by})`
    return `CASE WHEN ${n} > 0 AND ${by} <> '' THEN array_to_string(${parts}[1:${n}], ${by}) WHEN ${n} < 0 AND ${by} <> '' THEN array_to_string(${parts}[${n}:], ${by}) WHEN ${s} IS NOT NULL AND ${by} IS NOT NULL AND ${n} IS NOT NULL THEN '' END`
  })

const validate =
  (otherwise: string): FunctionLowering =>
  (call, [a]) =>
    isBinary(call.args[0]!.dataType)
      ? once(a!, x =>
          otherwise === 'NULL' ? `TRY(decode(${x}))` : `COALESCE(TRY(decode(${x})), CASE WHEN ${x} IS NOT NULL THEN ${otherwise} END)`,
        )
      : a!

export const string: Table = {
  ascii: (_, [a]) => once(a!, x => `CASE WHEN ${x} = '' THEN 0 ELSE ascii(${x}) END`),
  base64: native('base64'),
  bit_length: (call, [a]) => `CAST(${octets(call.args[0]!.dataType, a!)} * 8 AS INTEGER)`,
  btrim: trimmed('trim', false),
  chr,
  collation: () => quoteText('SYSTEM.BUILTIN.UTF8_BINARY'),
  concat_ws: concatWs,
  contains,
  decode,
  elt,
  encode: encodeText,
  endswith: edge('ends_with'),
  find_in_set: findInSet,
  format_number: formatNumber,
  format_string: formatString,
  initcap: host.initcap!,
  instr,
  is_valid_utf8: (call, [a]) =>
    isBinary(call.args[0]!.dataType)
      ? once(a!, x => `CASE WHEN ${x} IS NOT NULL THEN TRY(decode(${x})) IS NOT NULL END`)
      : `CASE WHEN ${a} IS NOT NULL THEN TRUE END`,
  left,
  length,
  levenshtein,
  locate,
  lower: cased('lower'),
  lpad: pad('lpad'),
  ltrim: trimmed('ltrim'),
  luhn_check: host.luhn_check!,
  make_valid_utf8: (call, [a], ctx) => (isBinary(call.args[0]!.dataType) ? textOfBytes(a!, ctx) : a!),
  mask: host.mask!,
  octet_length: (call, [a]) => `CAST(${octets(call.args[0]!.dataType, a!)} AS INTEGER)`,
  overlay,
  quote: (_, [a]) => `('''' || replace(${a}, '''', '\\''') || '''')`,
  randstr: host.randstr!,
  repeat: (_, [s, n]) => `repeat(${s}, greatest(CAST(${n} AS BIGINT), 0))`,
  replace: (_, [s, what, by]) => once(what!, w => `CASE WHEN ${w} = '' THEN ${s} ELSE replace(${s}, ${w}, ${by ?? "''"}) END`),
  right,
  rpad: pad('rpad'),
  rtrim: trimmed('rtrim'),
  sentences: host.sentences!,
  soundex: host.soundex!,
  space: (_, [n]) => `repeat(' ', greatest(CAST(${n} AS BIGINT), 0))`,
  split_part: splitPart,
  startswith: edge('starts_with'),
  substring,
  substring_index: substringIndex,
  to_binary: binaryOf('ansi'),
  to_char: toChar,
  to_number: toNumber('ansi'),
  to_varchar: toChar,
  translate: native('translate'),
  trim: trimmed('trim'),
  try_to_binary: binaryOf('try'),
  try_to_number: toNumber('try'),
  try_validate_utf8: validate('NULL'),
  unbase64: (_, [a], ctx) => fromBase64(a!, ctx),
  upper: cased('upper'),
  validate_utf8: validate(fail('INVALID_UTF8_STRING', {})),
}
