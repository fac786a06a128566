import { didYouMean, MillraceError } from '../../errors/index.ts'
import { type ConfMap, type ConfNode, type ConfScalar, type ConfValue, nodeAt, nodeOf, type Place, placeText, plainOf } from './place.ts'

/** What `${…}` may reach. */
export interface ReferenceSources {
  readonly env: (name: string) => string | undefined
  /** `globals.yml`. */
  readonly globals: ConfMap
  /** `--params`. */
  readonly runtime: ConfMap
  /** The mapping the reference stands in, from its root: `${_base.path}`. */
  readonly root: ConfMap
}

interface Parsed {
  readonly resolver: string
  readonly name: string
  readonly fallback: string | undefined
}

/**
 * A node with its references filled in: `${oc.env:NAME}`, `${oc.env:NAME,default}`, `${globals:a.b}`, `${runtime_params:a,default}` and `${_name.key}`
 * of the same configuration. A text that is one reference alone keeps the type of what it names. `\${` is a dollar and a brace.
 *
 * @throws CONF_REFERENCE with file, line and column
 */
export function resolved(node: ConfNode, sources: ReferenceSources, open: readonly string[] = []): ConfNode {
  if (node.kind === 'list') return { ...node, items: node.items.map(item => resolved(item, sources, open)) }
  if (node.kind === 'map') {
    const entries = [...node.entries].map(([key, e]) => [key, { key: e.key, node: resolved(e.node, sources, open) }] as const)
    return { ...node, entries: new Map(entries) }
  }
  if (typeof node.value !== 'string' || !node.value.includes('${')) return node
  return filled(node.value, node.place, sources, open)
}

function filled(text: string, place: Place, sources: ReferenceSources, open: readonly string[]): ConfNode {
  const pieces = split(text, place)
  const only = pieces.length === 1 ? pieces[0]! : undefined
  if (typeof only === 'object') return looked(only, place, sources, open)
  const texts = pieces.map(piece => {
    if (typeof piece === 'string') return piece
    const found = looked(piece, place, sources, open)
    if (found.kind === 'scalar') return String(found.value ?? '')
    throw refuse(place, `\${${piece.reference}}`, 'is a mapping or a list in the middle of a text', 'Let it be the whole value.')
  })
  return { kind: 'scalar', value: texts.join(''), place }
}

interface Reference {
  readonly reference: string
}

/** Texts and references in turn; braces inside references count, for defaults that are references. */
function split(text: string, place: Place): (string | Reference)[] {
  const pieces: (string | Reference)[] = []
  let literal = ''
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith('\\${', i)) {
      literal += '${'
      i += 2
    } else if (text.startsWith('${', i)) {
      const end = closing(text, i + 2)
      if (end === undefined)
        throw refuse(place, text.slice(i), 'has no closing brace', 'Close it, or write \\$ before the brace for a dollar.')
      if (literal !== '') pieces.push(literal)
      literal = ''
      pieces.push({ reference: text.slice(i + 2, end) })
      i = end
    } else literal += text[i]
  }
  return literal === '' && pieces.length > 0 ? pieces : [...pieces, literal]
}

function closing(text: string, from: number): number | undefined {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth += 1
    else if (text[i] === '}' && --depth === 0) return i
  }
  return undefined
}

function looked({ reference }: Reference, place: Place, sources: ReferenceSources, open: readonly string[]): ConfNode {
  if (open.includes(reference))
    throw refuse(place, `\${${reference}}`, `refers to itself: ${[...open, reference].join(' -> ')}`, 'Break the circle.')
  const parsed = parse(reference)
  const find = RESOLVERS[parsed.resolver]
  if (!find) {
    const known = Object.keys(RESOLVERS).filter(name => name !== '')
    const why = `names the resolver "${parsed.resolver}", which there is not${didYouMean(parsed.resolver, known)}`
    throw refuse(place, `\${${reference}}`, why, `Use one of ${known.map(n => `\${${n}:…}`).join(', ')}.`)
  }
  const found = find(parsed, sources, place)
  if (found) return resolved(found, sources, [...open, reference])
  if (parsed.fallback !== undefined) return fallback(parsed, place, sources, [...open, reference])
  throw refuse(place, `\${${reference}}`, ...MISSING[parsed.resolver]!(parsed.name))
}

function parse(reference: string): Parsed {
  const [, resolver = '', rest = reference] = /^\s*([A-Za-z][\w.]*)\s*:([\s\S]*)$/.exec(reference) ?? []
  const comma = resolver === '' ? -1 : rest.indexOf(',')
  if (comma < 0) return { resolver, name: rest.trim(), fallback: undefined }
  return { resolver, name: rest.slice(0, comma).trim(), fallback: rest.slice(comma + 1).trim() }
}

function fallback({ resolver, fallback }: Parsed, place: Place, sources: ReferenceSources, open: readonly string[]): ConfNode {
  const node = filled(unquoted(fallback!), place, sources, open)
  return resolver === 'oc.env' || node.kind !== 'scalar' ? node : { ...node, value: typed(node.value) }
}
const unquoted = (text: string): string => /^(['"])([\s\S]*)\1$/.exec(text)?.[2] ?? text
const typed = (value: ConfScalar['value']): ConfScalar['value'] => {
  if (typeof value !== 'string') return value
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  if (/^null$/i.test(value)) return null
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

type Find = (parsed: Parsed, sources: ReferenceSources, place: Place) => ConfNode | undefined
const RESOLVERS: Readonly<Record<string, Find>> = {
  'oc.env': ({ name }, { env }, place) => {
    const value = env(name)
    return value === undefined ? undefined : nodeOf(value.replaceAll('${', '\\${') as ConfValue, place)
  },
  globals: ({ name }, { globals }) => nodeAt(globals, name),
  runtime_params: ({ name }, { runtime }) => nodeAt(runtime, name),
  '': ({ name }, { root }) => nodeAt(root, name),
}
type Missing = (name: string) => readonly [why: string, instead: string]
const MISSING: Readonly<Record<string, Missing>> = {
  'oc.env': name => ['is not set in the environment', `Set ${name}, or give a default: \${oc.env:${name},default}.`],
  globals: name => ['is not in globals.yml', `Write "${name}" into conf/base/globals.yml, or give a default: \${globals:${name},default}.`],
  runtime_params: name => ['was not given', `Call with --params ${name}=…, or give a default: \${runtime_params:${name},default}.`],
  '': name => ['names nothing here', `Write "${name}" into a file of the same configuration; names that begin with "_" are only for that.`],
}

const refuse = (place: Place, reference: string, why: string, instead: string): MillraceError =>
  new MillraceError('CONF_REFERENCE', { at: placeText(place), reference, why, instead })

/** The values of a mapping with its references filled in. */
export const resolvedValues = (map: ConfMap, sources: Omit<ReferenceSources, 'root'>): Readonly<Record<string, ConfValue>> =>
  plainOf(resolved(map, { ...sources, root: map })) as Readonly<Record<string, ConfValue>>
