import { stringType } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type HostFunction } from '../context.ts'
import { once, onceEach } from '../once.ts'

/** RFC 2396 as `java.net.URI` reads it: no blanks, brackets and the like; `%` only before two hexadecimal digits. */
const LEGAL = /^(?:[A-Za-z0-9\-_.!~*'();/?:@&=+$,#[\]]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*$/
const PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

interface Parts {
  readonly scheme?: string | undefined
  readonly authority?: string | undefined
  readonly path: string
  readonly query?: string | undefined
  readonly fragment?: string | undefined
}
function partsOf(url: string): Parts | undefined {
  if (!LEGAL.test(url)) return undefined
  const m = PARTS.exec(url)
  if (!m) return undefined
  return { scheme: m[1], authority: m[2], path: m[3] ?? '', query: m[4], fragment: m[5] }
}
const ROW: Readonly<Record<string, (p: Parts) => string | undefined>> = {
  HOST: p => p.authority?.replace(/^[^@]*@/, '').replace(/:\d*$/, '') || undefined,
  PATH: p => p.path,
  QUERY: p => p.query,
  REF: p => p.fragment,
  PROTOCOL: p => p.scheme,
  FILE: p => (p.query === undefined ? p.path : `${p.path}?${p.query}`),
  AUTHORITY: p => p.authority || undefined,
  USERINFO: p => (p.authority?.includes('@') ? p.authority.replace(/@[^@]*$/, '') : undefined),
}
/** A part of a URL; null where it has none, undefined where it is no URL. */
function urlPart(url: string, part: string, key?: string): string | null | undefined {
  const parts = partsOf(url)
  if (!parts) return undefined
  if (key === undefined) return ROW[part]?.(parts) ?? null
  if (part !== 'QUERY' || parts.query === undefined) return null
  const found = new RegExp(`(?:&|^)${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}=([^&]*)`).exec(parts.query)
  return found ? found[1]! : null
}

const parsed = (args: number): HostFunction => ({
  name: `mr_url_part_${args}`,
  args: Array.from({ length: args }, () => stringType),
  returns: stringType,
  call: (url, part, key) => urlPart(url as string, part as string, key as string | undefined) ?? null,
})
const VALID: HostFunction = {
  name: 'mr_url_invalid',
  args: [stringType],
  returns: stringType,
  call: url => (partsOf(url as string) ? null : url),
}
const parse =
  (mode: 'ansi' | 'try'): FunctionLowering =>
  (_, args, ctx) =>
    onceEach(args, (...vs) => {
      const part = `${ctx.host(parsed(vs.length))}(${vs.join(', ')})`
      if (mode === 'try') return part
      return `COALESCE(${part}, CASE WHEN ${ctx.host(VALID)}(${vs[0]}) IS NOT NULL THEN ${fail('INVALID_URL', { url: vs[0]! })} END)`
    })

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
const DECODE: HostFunction = { name: 'mr_url_decode', args: [stringType], returns: stringType, call: s => decode(s as string) }
/** Java's URLEncoder: letters, digits, `.-*_` stay, a blank becomes +. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
const ENCODE: HostFunction = { name: 'mr_url_encode', args: [stringType], returns: stringType, call: s => encode(s as string) }

export const url: Readonly<Record<string, FunctionLowering>> = {
  parse_url: parse('ansi'),
  try_parse_url: parse('try'),
  try_url_decode: (_, [a], ctx) => `${ctx.host(DECODE)}(${a})`,
  url_decode: (_, [a], ctx) =>
    once(a!, x => `COALESCE(${ctx.host(DECODE)}(${x}), CASE WHEN ${x} IS NOT NULL THEN ${fail('CANNOT_DECODE_URL', { url: x })} END)`),
  url_encode: (_, [a], ctx) => `${ctx.host(ENCODE)}(${a})`,
}
