export type { CheckpointReport, CheckpointView, QueryPreview } from '../engine/contract.ts'
export type { Catalog, CatalogColumn, CatalogTable, TableDescription } from './catalog.ts'
export { Column, type ColumnOf, SortColumn } from './column.ts'
export type { AnyColumn, ColumnOrName, OpenRow } from './column-types.ts'
export { useWiring } from './context.ts'
export { DataFrame } from './data-frame.ts'
export { DataFrameWriter } from './data-frame-writer.ts'
export { type DataFrameReader, DataReader, type DataStreamReader } from './data-reader.ts'
export {
  DataStreamWriter,
  type ForeachBatchFunction,
  type ForeachRow,
  type OutputModeName,
  type TriggerOptions,
} from './data-stream-writer.ts'
export type { DisplayOptions } from './display.ts'
export type { Batch, FrameState, Streaming } from './frame-base.ts'
export type { BatchResult, ColumnBatch } from './frame-rows.ts'
export type { FileEntry, SessionFs } from './fs.ts'
export * from './functions/index.ts'
export { GroupedData } from './grouped-data.ts'
export { Observation } from './observation.ts'
export { type LogLevel, Session, type SessionOptions } from './session.ts'
export { Settings } from './settings.ts'
export type { SeveralSinksOptions } from './several-sinks.ts'
export { StreamingQuery } from './streaming-query.ts'
export { StreamingQueryManager } from './streaming-query-manager.ts'
export { type Udf, udf } from './user-functions.ts'
export { type WarehouseDdl, type WarehouseDdlOptions, warehouseDdl } from './warehouse/ddl.ts'
export { Window, WindowSpec } from './window-spec.ts'
