import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import type { LiteralValue } from '../../../../plan/index.ts'
import { arrayType, booleanType, type DataType, integerType, stringType } from '../../../../types/index.ts'
import { canBeEmpty, toRe2 } from '../../../../types/regex/index.ts'
import { type FunctionLowering, type HostFunction, type LowerContext, quoteText } from '../context.ts'
import { javaRegex, parseReplacement, Regex } from './java-matcher.ts'
import { likeLowering } from './like.ts'
import { literalOf, textOf } from './literal-argument.ts'

const host = (name: string, args: readonly DataType[], returns: DataType, call: (...args: never[]) => LiteralValue): HostFunction => ({
  name: `mr_regex_${name}`,
  args,
  returns,
  call: call as HostFunction['call'],
})
const s = stringType
const HOSTS = {
  matches: host('matches', [s, s], booleanType, Regex.matches),
  extract: host('extract', [s, s, integerType], s, Regex.extract),
  extractAll: host('extract_all', [s, s, integerType], arrayType(s), Regex.extractAll),
  count: host('count', [s, s], integerType, Regex.count),
  place: host('place', [s, s], integerType, Regex.place),
  first: host('first', [s, s], s, Regex.first),
  replace: host('replace', [s, s, s, integerType], s, Regex.replace),
  split: host('split', [s, s, integerType], arrayType(s), Regex.split),
}

/** A pattern known beforehand as RE2, where that means the same; `every`: all matches count, so none may be empty. */
function re2Of(call: TCall, how: { readonly whole?: boolean; readonly every?: boolean }): string | undefined {
  const pattern = textOf(call, 1)
  if (pattern === undefined) return undefined
  const regex = javaRegex(pattern, call.fn)
  if (how.every && canBeEmpty(regex.root)) return undefined
  const text = toRe2(regex, how.whole === true)
  return text === undefined ? undefined : quoteText(text)
}
const onHost = (fn: HostFunction, args: readonly string[], ctx: LowerContext): string => `${ctx.host(fn)}(${args.join(', ')})`

/** The group asked for; 1 if it is left out. @throws INVALID_PARAMETER_VALUE where the pattern has no such group */
function groupOf(call: TCall, args: readonly string[]): string {
  const group = call.args.length > 2 ? literalOf(call.args[2]) : 1
  const pattern = textOf(call, 1)
  if (typeof group === 'number' && pattern !== undefined && (group < 0 || group > javaRegex(pattern, call.fn).groups)) {
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'group index',
      func: call.fn,
      value: group,
      kind: 'REGEX_GROUP_INDEX',
      expected: `a group from 0 to ${javaRegex(pattern, call.fn).groups}`,
    })
  }
  return args[2] ?? '1'
}

const extract: FunctionLowering = (call, args, ctx) => {
  const group = groupOf(call, args)
  const pattern = re2Of(call, {})
  if (pattern === undefined || typeof literalOf(call.args[2] ?? call.args[1]) === 'undefined' || Number(literalOf(call.args[2]) ?? 1) > 9) {
    return onHost(HOSTS.extract, [args[0]!, args[1]!, group], ctx)
  }
  return `CASE WHEN ${args[0]} IS NOT NULL THEN regexp_extract(${args[0]}, ${pattern}, ${Number(literalOf(call.args[2]) ?? 1)}) END`
}
const extractAll: FunctionLowering = (call, args, ctx) => {
  const group = groupOf(call, args)
  const pattern = re2Of(call, { every: true })
  const wanted = call.args.length > 2 ? literalOf(call.args[2]) : 1
  if (pattern === undefined || typeof wanted !== 'number' || wanted > 9) return onHost(HOSTS.extractAll, [args[0]!, args[1]!, group], ctx)
  return `CASE WHEN ${args[0]} IS NOT NULL THEN regexp_extract_all(${args[0]}, ${pattern}, ${wanted}) END`
}

const replace: FunctionLowering = (call, args, ctx) => {
  const [x, p, r] = args
  const replacement = textOf(call, 2)
  const from = call.args.length > 3 ? literalOf(call.args[3]) : 1
  if (typeof from === 'number' && from < 1) {
    throw new MillraceError('INVALID_PARAMETER_VALUE', {
      parameter: 'position',
      func: call.fn,
      value: from,
      expected: 'a place from 1 on',
    })
  }
  const pattern = from === 1 && replacement !== undefined ? re2Of(call, { every: true }) : undefined
  const parts = pattern === undefined ? [] : parseReplacement(replacement!, javaRegex(textOf(call, 1)!, call.fn), call.fn)
  if (pattern === undefined || parts.some(part => typeof part === 'number' && part > 9))
    return onHost(HOSTS.replace, [x!, p!, r!, args[3] ?? '1'], ctx)
  const rewrite = parts.map(part => (typeof part === 'number' ? `\\${part}` : part.replaceAll('\\', '\\\\'))).join('')
  return `regexp_replace(${x}, ${pattern}, ${quoteText(rewrite)}, 'g')`
}

/** A pattern of plain characters. */
function plainText(pattern: string): string | undefined {
  const unescaped = pattern.replace(/\\([^A-Za-z0-9])/g, '\u0000$1')
  if (/[\\[\](){}.*+?^$|]/.test(unescaped.replace(/\u0000./gs, ''))) return undefined
  return pattern.replace(/\\([^A-Za-z0-9])/g, '$1')
}
const split: FunctionLowering = (call, args, ctx) => {
  const [x, p] = args
  const pattern = textOf(call, 1)
  const limit = call.args.length > 2 ? literalOf(call.args[2]) : -1
  if (pattern !== undefined && pattern !== '' && typeof limit === 'number' && limit <= 0) {
    const plain = plainText(pattern)
    if (plain !== undefined) return `string_split(${x}, ${quoteText(plain)})`
    const re2 = re2Of(call, { every: true })
    if (re2 !== undefined) return `regexp_split_to_array(${x}, ${re2})`
  }
  return onHost(HOSTS.split, [x!, p!, args[2] ?? '-1'], ctx)
}

export const regex: Readonly<Record<string, FunctionLowering>> = {
  like: likeLowering(false),
  ilike: likeLowering(true),
  rlike: (call, args, ctx) => {
    const pattern = re2Of(call, { whole: true })
    return pattern === undefined ? onHost(HOSTS.matches, args, ctx) : `regexp_matches(${args[0]}, ${pattern})`
  },
  regexp_extract: extract,
  regexp_extract_all: extractAll,
  regexp_replace: replace,
  regexp_count: (call, args, ctx) => {
    const pattern = re2Of(call, { every: true })
    return pattern === undefined ? onHost(HOSTS.count, args, ctx) : `CAST(len(regexp_extract_all(${args[0]}, ${pattern})) AS INTEGER)`
  },
  regexp_instr: (_, args, ctx) => onHost(HOSTS.place, args.slice(0, 2), ctx),
  regexp_substr: (call, args, ctx) => {
    const pattern = re2Of(call, {})
    if (pattern === undefined) return onHost(HOSTS.first, args, ctx)
    return `CASE WHEN regexp_matches(${args[0]}, ${pattern}) THEN regexp_extract(${args[0]}, ${pattern}, 0) END`
  },
  split,
}
