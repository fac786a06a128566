import type { ConfEntry, ConfMap } from './place.ts'

/** One mapping over another, key by key on every level. */
export function mergedDeep(base: ConfMap, over: ConfMap): ConfMap {
  const entries = new Map<string, ConfEntry>(base.entries)
  for (const [name, entry] of over.entries) {
    const before = entries.get(name)
    const both = before?.node.kind === 'map' && entry.node.kind === 'map'
    entries.set(name, both ? { key: before.key, node: mergedDeep(before.node as ConfMap, entry.node as ConfMap) } : entry)
  }
  return { ...base, entries }
}
