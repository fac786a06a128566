/** What a format of one's own is written with: the contract of sources and sinks, as `millrace` exports it. */
export type {
  BatchesScan,
  BytesScan,
  ConnectorContext,
  FilesScan,
  Offset,
  OptionSpec,
  OptionTable,
  Output,
  PlannedRange,
  ReadLimit,
  SaveContext,
  Scan,
  ScanFile,
  Sink,
  SinkContext,
  SinkResult,
  SinkWriteOptions,
  Source,
  SourceContext,
  SourceLog,
  ToFiles,
  Warning,
  WrittenFile,
} from './contract.ts'
export type { OptionValues } from './options.ts'
export { type Columns, type FormatContext, type FormatDefinition, registerFormat } from './registered.ts'
