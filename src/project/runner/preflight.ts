import { didYouMean, MillraceError } from '../../errors/index.ts'
import { type DataCatalog, lacksCheckpoint, lacksSchema, neededBy, placeText, refuse, type Uses } from '../catalog/index.ts'
import { namesOf, type Pipeline, reads, writes } from '../pipeline/index.ts'
import { parameterOf } from './parameters.ts'
import type { RunParts } from './run-parts.ts'

/** Who reads and who writes what, for the catalog's checks. */
export function usesOf(pipelines: readonly Pipeline[]): Uses {
  const readers = new Map<string, string[]>()
  const writers = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, name: string, node: string): void =>
    void to.set(name, [...new Set([...(to.get(name) ?? []), node])])
  for (const node of pipelines.flatMap(p => p.nodes)) {
    for (const name of reads(node)) add(readers, name, node.name)
    for (const name of writes(node)) add(writers, name, node.name)
  }
  return { readers, writers }
}

type Looked = Pick<RunParts, 'pipeline' | 'catalog' | 'conf' | 'context' | 'data' | 'tell'>

/** Refuses what cannot run, before anything is started: mistakes of the catalog, missing inputs, parameters, schemas, checkpoints. */
export async function preflight(parts: Looked): Promise<void> {
  const { pipeline, catalog, context } = parts
  const uses = usesOf([pipeline])
  const declared = pipeline.datasets().filter(name => catalog.has(name))
  const looked = await Promise.all(declared.map(async name => ({ name, ...(await catalog.read(name)) })))
  const needed = await Promise.all(looked.map(({ entry, problems }) => (entry && problems.length === 0 ? neededBy(entry, uses) : [])))
  refuse([...looked.flatMap(l => l.problems), ...needed.flat()])
  for (const name of new Set(pipeline.nodes.flatMap(n => namesOf(n.inputs)).filter(isParameterName))) parameterOf(name, context.parameters)
  await refuseUndeclared(parts)
  for (const { entry } of looked) if (entry) await refuseStream(entry, uses, parts)
  checkVersions(parts.data.versions, catalog, pipeline)
}

const isParameterName = (name: string): boolean => name === 'parameters' || name.startsWith('params:')

/** A name that nobody writes and the catalog does not have; a name that is nearly one of the catalog. */
async function refuseUndeclared({ pipeline, catalog, tell }: Looked): Promise<void> {
  for (const name of pipeline.datasets().filter(n => !catalog.has(n))) {
    const near = catalog.near(name)
    if (!pipeline.writerOf(name)) throw new MillraceError('DATASET_UNKNOWN', { name, suggestion: near })
    if (near !== '') tell({ event: 'warning', text: `"${name}" is kept in memory: the catalog does not have it${near}` })
  }
}

type Entry = NonNullable<Awaited<ReturnType<DataCatalog['entry']>>>

async function refuseStream(entry: Entry, { readers, writers }: Uses, { conf }: Looked): Promise<void> {
  const { name, format } = entry
  const at = placeText(entry.place)
  const nodes = readers.get(name) ?? []
  const inferred = conf('spark.sql.streaming.schemaInference')?.toLowerCase() === 'true'
  // What a node of this run writes has that node's columns.
  if (nodes.length > 0 && !writers.has(name) && !inferred && lacksSchema(entry))
    throw new MillraceError('DATASET_WITHOUT_SCHEMA', { name, format, at, nodes })
  if (writers.has(name) && (await lacksCheckpoint(entry, conf))) throw new MillraceError('DATASET_WITHOUT_CHECKPOINT', { name, format, at })
}

function checkVersions(versions: Readonly<Record<string, string>>, catalog: DataCatalog, pipeline: Pipeline): void {
  for (const name of Object.keys(versions)) {
    const known = pipeline.datasets().filter(n => catalog.has(n))
    if (!known.includes(name)) throw new MillraceError('DATASET_UNKNOWN', { name, suggestion: didYouMean(name, known) })
  }
}
