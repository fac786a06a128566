export type { CatalogTypes, DatasetName, Loaded, StreamOf, TableOf } from './catalog-types.ts'
export {
  type Arguments,
  argumentsOf,
  isParameter,
  type Names,
  type Node,
  type NodeOptions,
  namesOf,
  node,
  outputsOf,
  reads,
  writes,
} from './node.ts'
export { Pipeline, type PipelineOptions, pipeline, type Slice } from './pipeline.ts'
export { millisOfText, type RestartOptions, type RestartPolicy, waitBefore } from './restart.ts'
