import type { Source } from '../connectors/contract.ts'

/** A plan may read one source several times: it is asked once, and every place it stands at gets the answer. */
export async function eachSource<T>(sources: readonly Source[], ask: (source: Source, index: number) => Promise<T>): Promise<readonly T[]> {
  const asked = new Map<Source, Promise<T>>()
  sources.forEach((source, i) => {
    if (!asked.has(source)) asked.set(source, ask(source, i))
  })
  return Promise.all(sources.map(source => asked.get(source)!))
}

/** The places of each source, in the order of their first. */
export function placesOf(sources: readonly Source[]): ReadonlyMap<Source, readonly number[]> {
  const places = new Map<Source, number[]>()
  sources.forEach((source, i) => {
    const at = places.get(source)
    if (at) at.push(i)
    else places.set(source, [i])
  })
  return places
}
