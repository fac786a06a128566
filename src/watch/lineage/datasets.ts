import type { Relation } from '../../plan/index.ts'

/** A data set as OpenLineage names it. */
export interface LineageDataset {
  readonly namespace: string
  readonly name: string
}
/** A place rows are read from or written to. */
export interface DataPlace {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly paths: readonly string[]
  readonly table?: string | undefined
}

const option = (options: Readonly<Record<string, string>>, ...names: readonly string[]): string | undefined =>
  Object.entries(options).find(([key]) => names.includes(key.toLowerCase()))?.[1]

/** The data sets of a place; by names that are no secrets: connection texts are left out. */
export function datasetsOf({ format, options, paths, table }: DataPlace): readonly LineageDataset[] {
  if (format === 'kafka') {
    const broker = (option(options, 'kafka.bootstrap.servers') ?? '').split(',')[0]!.trim()
    const topics = (option(options, 'subscribe', 'topic', 'subscribepattern') ?? 'kafka').split(',')
    return topics.map(topic => ({ namespace: `kafka://${broker}`, name: topic.trim() }))
  }
  if (paths.length > 0) return paths.map(fileDataset)
  const named = table ?? option(options, 'dbtable', 'table')
  return [{ namespace: format || 'table', name: named ?? format }]
}

function fileDataset(path: string): LineageDataset {
  const remote = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)\/?(.*)$/i.exec(path)
  return remote
    ? { namespace: `${remote[1]}://${remote[2]!.replace(/^.*@/, '')}`, name: remote[3] || '/' }
    : { namespace: 'file', name: path }
}

/** Where a plan reads. */
export function placesRead(plan: Relation): readonly DataPlace[] {
  const found: DataPlace[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
    const node = value as Relation
    if (node.kind === 'read') {
      const { dataSource: from, namedTable } = node
      if (from) found.push({ format: from.format ?? '', options: from.options ?? {}, paths: from.paths ?? [] })
      else if (namedTable) found.push({ format: 'table', options: {}, paths: [], table: namedTable.unparsedIdentifier })
    } else if (node.kind !== 'localRelation') Object.values(value).forEach(visit)
  }
  visit(plan)
  return found
}
