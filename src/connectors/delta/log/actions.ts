/** What stands in a Delta log: one JSON object a line, each with one of these as its only key. */
export interface Protocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}
export interface Metadata {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime?: number
}
export type PartitionValues = Readonly<Record<string, string | null>>
export interface DeletionVector {
  /** u = a file below the table, p = a file by its URI, i = in the log itself. */
  readonly storageType: 'u' | 'p' | 'i'
  readonly pathOrInlineDv: string
  readonly offset?: number
  readonly sizeInBytes: number
  readonly cardinality: number
}
export interface AddFile {
  /** A URI relative to the table, percent-encoded; or an absolute one. */
  readonly path: string
  /** By physical column name. */
  readonly partitionValues: PartitionValues
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON: numRecords, minValues, maxValues, nullCount. */
  readonly stats?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly deletionVector?: DeletionVector
  readonly baseRowId?: number
  readonly defaultRowCommitVersion?: number
  readonly clusteringProvider?: string
}
export interface RemoveFile {
  readonly path: string
  readonly deletionTimestamp?: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: PartitionValues
  readonly size?: number
  readonly stats?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly deletionVector?: DeletionVector
}
/** Rows that a version changed, written beside the data; extra column `_change_type`. */
export interface ChangeFile {
  readonly path: string
  readonly partitionValues: PartitionValues
  readonly size: number
  readonly dataChange: boolean
}
export interface Txn {
  readonly appId: string
  readonly version: number
  readonly lastUpdated?: number
}
export interface DomainMetadata {
  readonly domain: string
  readonly configuration: string
  readonly removed: boolean
}
export interface CommitInfo {
  readonly timestamp?: number
  readonly inCommitTimestamp?: number
  readonly operation?: string
  readonly operationParameters?: Readonly<Record<string, unknown>>
  readonly isBlindAppend?: boolean
  readonly [key: string]: unknown
}
export interface Sidecar {
  readonly path: string
  readonly sizeInBytes: number
  readonly modificationTime: number
}

/** One line: exactly one of these, or a key that is not known and not ours to judge (the protocol is). */
export interface Action {
  readonly add?: AddFile
  readonly remove?: RemoveFile
  readonly cdc?: ChangeFile
  readonly metaData?: Metadata
  readonly protocol?: Protocol
  readonly txn?: Txn
  readonly domainMetadata?: DomainMetadata
  readonly commitInfo?: CommitInfo
  readonly sidecar?: Sidecar
  readonly checkpointMetadata?: { readonly version: number }
}

/** The lines of a commit or a JSON checkpoint. @throws SyntaxError */
export const parseActions = (text: string): readonly Action[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as Action)

export const printActions = (actions: readonly Action[]): string => actions.map(a => `${JSON.stringify(a)}\n`).join('')

/** What tells a logical file: the same data file with another deletion vector is another one. */
export function fileKey(file: Pick<AddFile, 'path' | 'deletionVector'>): string {
  const dv = file.deletionVector
  return dv ? `${file.path}\u0000${dv.storageType}${dv.pathOrInlineDv}@${dv.offset ?? ''}` : file.path
}

/** The action that takes a file out of the table again. */
export const removeOf = (file: AddFile, deletionTimestamp: number, dataChange = true): RemoveFile => ({
  path: file.path,
  deletionTimestamp,
  dataChange,
  extendedFileMetadata: true,
  partitionValues: file.partitionValues,
  size: file.size,
  ...(file.stats !== undefined && { stats: file.stats }),
  ...(file.tags && { tags: file.tags }),
  ...(file.deletionVector && { deletionVector: file.deletionVector }),
})
