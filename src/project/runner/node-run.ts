import type { StreamingQuery } from '../../api/index.ts'
import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import { type Dataset, type Entry, isFrame, StreamDataset } from '../catalog/index.ts'
import { reasonOf } from '../hooks/index.ts'
import { argumentsOf, isParameter, type Node, namesOf, outputsOf } from '../pipeline/index.ts'
import { parameterOf } from './parameters.ts'
import type { RunParts } from './run-parts.ts'
import { checkWritten } from './schema-match.ts'

/** What a node has written: a stream goes on, anything else is there. */
export interface Written {
  readonly dataset: string
  readonly entry: Entry | undefined
  /** The columns, where it was a frame. */
  readonly schema: StructType | undefined
  readonly query: StreamingQuery | undefined
  /** An earlier run has done batches already, so there is something to read. */
  readonly committed: boolean
  /** Starts the stream again, from its checkpoint. */
  readonly restart: (() => Promise<StreamingQuery>) | undefined
}

/** Columns that nodes of this run have written, by data set: for entries that declare none. */
export type WrittenSchemas = ReadonlyMap<string, StructType>

/** Loads what a node reads. @throws DATASET_FAILED and what loading throws */
export async function loadInputs(node: Node, written: WrittenSchemas, parts: RunParts): Promise<ReadonlyMap<string, unknown>> {
  const { catalog, data, hooks, tell, run, context } = parts
  const loaded = new Map<string, unknown>()
  for (const name of new Set(namesOf(node.inputs))) {
    if (isParameter(name)) {
      loaded.set(name, parameterOf(name, context.parameters))
      continue
    }
    const dataset = await catalog.dataset(name)
    tell({ event: 'loading', node: node.name, dataset: name, what: whatItIs(dataset) })
    await hooks.call('beforeDatasetLoaded', { context, run, node, datasetName: name })
    const schema = written.get(name)
    const value = await dataset.load(data, schema ? { written: schema } : {}).catch(error => failed(name, 'loaded', error))
    await hooks.call('afterDatasetLoaded', { context, run, node, datasetName: name, data: value })
    loaded.set(name, value)
  }
  return loaded
}

/** Calls a node's function; what it gave, by name. */
export async function callNode(node: Node, loaded: ReadonlyMap<string, unknown>, parts: RunParts): Promise<ReadonlyMap<string, unknown>> {
  const { hooks, tell, catalog, run, context } = parts
  const inputs = Object.fromEntries(loaded)
  const replaced = await hooks.call('beforeNodeRun', { context, run, node, catalog, inputs })
  const given = new Map(Object.entries(Object.assign({}, inputs, ...replaced.filter(r => typeof r === 'object'))))
  tell({ event: 'running', node: node.name, inputs: namesOf(node.inputs), outputs: namesOf(node.outputs) })
  // By itself, so that stack traces name it as its file does.
  const { fn } = node
  const outputs = outputsOf(node, await fn(...argumentsOf(node, given)))
  await hooks.call('afterNodeRun', { context, run, node, catalog, inputs: Object.fromEntries(given), outputs: Object.fromEntries(outputs) })
  return outputs
}

/** Saves one output: a stream is started. */
export async function saveOutput(node: Node, name: string, value: unknown, parts: RunParts): Promise<Written> {
  const { catalog, data, hooks, tell, run, context } = parts
  const [dataset, entry] = await Promise.all([catalog.dataset(name), catalog.entry(name)])
  if (dataset.kind !== 'memory') tell({ event: 'saving', node: node.name, dataset: name, what: whatItIs(dataset) })
  await hooks.call('beforeDatasetSaved', { context, run, node, datasetName: name, data: value })
  const schema = isFrame(value) && dataset.kind !== 'memory' ? await value.schema() : undefined
  if (schema && entry) checkWritten(entry, node.name, schema)
  const committed = parts.pipeline.readersOf(name).length > 0 && dataset instanceof StreamDataset && (await dataset.isCommitted(value))
  const query = await dataset.save(value, data).catch(error => failed(name, 'saved', error))
  await hooks.call('afterDatasetSaved', { context, run, node, datasetName: name, data: value })
  const restart = query ? async () => (await dataset.save(value, data))! : undefined
  return { dataset: name, entry, schema, query, committed, restart }
}

/** What has a name and a hint stays as it is; anything else gets the data set's name. */
function failed(name: string, what: string, error: unknown): never {
  if (isMillraceError(error)) throw error
  throw new MillraceError('DATASET_FAILED', { name, what, reason: reasonOf(error) }, { cause: error })
}

/** `csv stream`, `json table`, `memory`. */
function whatItIs(dataset: Dataset): string {
  if (!('entry' in dataset)) return dataset.kind
  const { kind, format, type } = dataset.entry as Entry
  return kind === 'custom' ? type : `${format} ${kind}`
}
