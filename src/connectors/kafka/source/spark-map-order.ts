/** Keys in the order in which Scala's mutable HashMap gives them back, `puts` being put one after the other; a key may be put again. */
export function sparkMapOrder<K extends string | number>(puts: readonly K[]): readonly K[] {
  const hashes = new Map<K, number>()
  let size = 16
  for (const key of puts) {
    // Scala looks whether the table is full before it looks whether the key is new.
    if (hashes.size + 1 >= size * 0.75) size *= 2
    if (!hashes.has(key)) hashes.set(key, spread(typeof key === 'number' ? key : javaHash(key)))
  }
  const slot = (hash: number): number => hash & (size - 1)
  return [...hashes].sort(([, a], [, b]) => slot(a) - slot(b) || a - b).map(([key]) => key)
}

const spread = (hash: number): number => hash ^ (hash >>> 16)

/** `String.hashCode` of Java. */
function javaHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}
