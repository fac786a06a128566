/** Where something stands in a file of the project; lines and columns count from 1, `file` is relative to the project. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`

/** What a configuration file says, with the place of everything in it. */
export type ConfNode = ConfScalar | ConfList | ConfMap
export interface ConfScalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly place: Place
}
export interface ConfList {
  readonly kind: 'list'
  readonly items: readonly ConfNode[]
  readonly place: Place
}
export interface ConfMap {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, ConfEntry>
  readonly place: Place
}
export interface ConfEntry {
  readonly key: Place
  readonly node: ConfNode
}

export type ConfValue = string | number | boolean | null | readonly ConfValue[] | { readonly [key: string]: ConfValue }

/** The values alone. */
export function plainOf(node: ConfNode): ConfValue {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainOf)
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainOf(entry.node)]))
}

/** Values as a node, all at one place: what a reference or `--params` brought in. */
export function nodeOf(value: ConfValue, place: Place): ConfNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(item => nodeOf(item, place)), place }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, v]) => [key, { key: place, node: nodeOf(v as ConfValue, place) }] as const)
    return { kind: 'map', entries: new Map(entries), place }
  }
  return { kind: 'scalar', value: value as ConfScalar['value'], place }
}

/** The node at a dotted path: a key with the dots in it goes first, as `int.new_inventory` does. */
export function nodeAt(node: ConfNode, path: string): ConfNode | undefined {
  if (path === '') return node
  if (node.kind !== 'map') return undefined
  const whole = node.entries.get(path)
  if (whole) return whole.node
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const entry = node.entries.get(path.slice(0, dot))
    const found = entry && nodeAt(entry.node, path.slice(dot + 1))
    if (found) return found
  }
  return undefined
}
