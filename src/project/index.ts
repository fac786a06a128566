export {
  type CatalogOptions,
  DataCatalog,
  type DataContext,
  type Dataset,
  type DatasetCall,
  type DatasetDefinition,
  type DatasetOption,
  type DatasetOptions,
  defineDataset,
  type Problem,
} from './catalog/index.ts'
export type { HookCatalog, HookContext, HookEvent, HookName, ProjectHooks, RunFacts } from './hooks/index.ts'
export {
  type CatalogTypes,
  type DatasetName,
  type Loaded,
  millisOfText,
  type Names,
  type Node,
  type NodeOptions,
  node,
  Pipeline,
  type PipelineOptions,
  pipeline,
  type RestartOptions,
  type Slice,
  type StreamOf,
  type TableOf,
} from './pipeline/index.ts'
export { Project, type ProjectOptions, type RunOptions } from './project.ts'
export type { NodeState, PlannedWrite, RunEvent, RunPlan, RunRecord, RunResult } from './runner/index.ts'
export { defineSettings, type Plugin, type ProjectSettings } from './settings.ts'
