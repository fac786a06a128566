import type { QueryDriver } from '../observe/index.ts'

/** The running queries of one session: no name and no id twice. */
export interface ActiveQueries {
  all(): readonly QueryDriver[]
  byId(id: string): QueryDriver | undefined
  byName(name: string): QueryDriver | undefined
  add(query: QueryDriver): void
  remove(query: QueryDriver): void
}

export function activeQueries(): ActiveQueries {
  const running = new Set<QueryDriver>()
  const find = (matches: (q: QueryDriver) => boolean): QueryDriver | undefined => [...running].find(matches)
  return {
    all: () => [...running],
    byId: id => find(q => q.id === id),
    byName: name => find(q => q.name === name),
    add: query => void running.add(query),
    remove: query => void running.delete(query),
  }
}
