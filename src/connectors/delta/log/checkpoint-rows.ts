import { parseDdl, type StructType } from '../../../types/index.ts'
import type { Action } from './actions.ts'

const VECTOR = 'struct<storageType string, pathOrInlineDv string, offset int, sizeInBytes int, cardinality bigint>'
const TAGS = 'tags map<string, string>'

/** The columns of a checkpoint: one a kind of action, one of them set in each row. */
export const CHECKPOINT: StructType = parseDdl(
  [
    'txn struct<appId string, version bigint, lastUpdated bigint>',
    `add struct<path string, partitionValues map<string, string>, size bigint, modificationTime bigint, dataChange boolean, stats string, ${TAGS}, deletionVector ${VECTOR}, baseRowId bigint, defaultRowCommitVersion bigint, clusteringProvider string>`,
    `remove struct<path string, deletionTimestamp bigint, dataChange boolean, extendedFileMetadata boolean, partitionValues map<string, string>, size bigint, ${TAGS}, deletionVector ${VECTOR}>`,
    'metaData struct<id string, name string, description string, format struct<provider string, options map<string, string>>, schemaString string, partitionColumns array<string>, configuration map<string, string>, createdTime bigint>',
    'protocol struct<minReaderVersion int, minWriterVersion int, readerFeatures array<string>, writerFeatures array<string>>',
    'domainMetadata struct<domain string, configuration string, removed boolean>',
  ].join(', '),
)
/** What a checkpoint of the second version holds besides. */
export const CHECKPOINT_V2: StructType = {
  ...CHECKPOINT,
  fields: [...CHECKPOINT.fields, ...parseDdl(`sidecar struct<path string, sizeInBytes bigint, modificationTime bigint, ${TAGS}>`).fields],
}

/** A row of a checkpoint as an action: nulls left out, maps as objects, whole numbers as numbers. */
export const actionOfRow = (row: object): Action => plain(row) as Action

/** Values that may be null and mean it: those of maps. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return value
  const kept: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) if (inner !== null) kept[key] = plain(inner)
  return kept
}
