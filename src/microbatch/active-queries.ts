import { MillraceError } from '../errors/index.ts'
import type { QueryDriver } from '../observe/index.ts'

/** The running queries of one session: no name and no id twice. */
export interface ActiveQueries {
  all(): readonly QueryDriver[]
  byId(id: string): QueryDriver | undefined
  /** Keeps a name for a query that is about to start; answers how to give it back. Throws QUERY_NAME_IN_USE. */
  reserve(name: string): () => void
  add(query: QueryDriver): void
  remove(query: QueryDriver): void
}

export function activeQueries(): ActiveQueries {
  const running = new Set<QueryDriver>()
  const names = new Set<string>()
  return {
    all: () => [...running],
    byId: id => [...running].find(query => query.id === id),
    reserve: name => {
      if (names.has(name)) throw new MillraceError('QUERY_NAME_IN_USE', { name })
      names.add(name)
      return () => void names.delete(name)
    },
    add: query => void running.add(query),
    remove: query => void running.delete(query),
  }
}
