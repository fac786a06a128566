import { MillraceError } from '../../../errors/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { Metadata, Protocol } from './actions.ts'

/** What reading a table may need and is here. */
const READS = new Set([
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'v2Checkpoint',
  'typeWidening',
  'typeWidening-preview',
  'vacuumProtocolCheck',
])
/** Features that a writer has to know and this one does, or that ask nothing of it unless `inUse` says so. */
const WRITES = new Set([
  ...READS,
  'appendOnly',
  'invariants',
  'checkConstraints',
  'changeDataFeed',
  'generatedColumns',
  'identityColumns',
  'allowColumnDefaults',
  'domainMetadata',
  'inCommitTimestamp',
  'clustering',
])
/** What table versions before features came with. */
const OF_READER: Readonly<Record<number, readonly string[]>> = { 1: [], 2: ['columnMapping'] }

/** The features that keep a table from being read; empty = it can be. */
export function unreadable(protocol: Protocol): readonly string[] {
  const { minReaderVersion: version, readerFeatures } = protocol
  if (version === 3) return (readerFeatures ?? []).filter(f => !READS.has(f)).map(f => `the feature ${f}`)
  return OF_READER[version] ? [] : [`reader version ${version}`]
}

/** Refuses what this reader does not know. */
export function checkReadable(protocol: Protocol, path: string): void {
  const features = [...unreadable(protocol), ...contradictions(protocol)]
  if (features.length > 0) throw new MillraceError('DELTA_UNSUPPORTED_FEATURE', { path, features, to: 'read' })
}

const contradictions = ({ minReaderVersion, minWriterVersion, readerFeatures, writerFeatures }: Protocol): readonly string[] => [
  ...(readerFeatures && minReaderVersion !== 3 ? [`reader features with reader version ${minReaderVersion}, which has none`] : []),
  ...(writerFeatures && minWriterVersion !== 7 ? [`writer features with writer version ${minWriterVersion}, which has none`] : []),
]

const metadataOf = (schema: StructType, key: string): boolean =>
  schema.fields.some(f => f.metadata?.[key] !== undefined || (f.dataType.kind === 'struct' && metadataOf(f.dataType, key)))

/** Refuses tables whose writers owe more than this one can give. */
export function checkWritable(protocol: Protocol, metadata: Metadata, schema: StructType, path: string): void {
  const { minWriterVersion: version, writerFeatures = [] } = protocol
  const unknown = version === 7 ? writerFeatures.filter(f => !WRITES.has(f)).map(f => `the feature ${f}`) : []
  const features = [
    ...unknown,
    ...(version > 7 ? [`writer version ${version}`] : []),
    ...Object.keys(metadata.configuration)
      .filter(k => k.startsWith('delta.constraints.'))
      .map(k => `the constraint ${k.slice('delta.constraints.'.length)}`),
    ...(metadataOf(schema, 'delta.invariants') ? ['column invariants'] : []),
    ...(metadataOf(schema, 'delta.generationExpression') ? ['generated columns'] : []),
    ...(metadataOf(schema, 'delta.identity.start') ? ['identity columns'] : []),
    ...(metadata.configuration['delta.enableRowTracking'] === 'true' ? ['row tracking'] : []),
  ]
  if (features.length > 0) throw new MillraceError('DELTA_UNSUPPORTED_FEATURE', { path, features, to: 'write' })
}

/** The protocol of a new table: as old as what it holds allows, so that most readers can. */
export function newProtocol(schema: StructType, configuration: Readonly<Record<string, string>>): Protocol {
  const features = [
    ...(holds(schema, 'timestampNtz') ? ['timestampNtz'] : []),
    ...(configuration['delta.enableDeletionVectors'] === 'true' ? ['deletionVectors'] : []),
  ]
  const feed = configuration['delta.enableChangeDataFeed'] === 'true'
  const appended = configuration['delta.enableInCommitTimestamps'] === 'true'
  if (features.length === 0 && !appended) return { minReaderVersion: 1, minWriterVersion: feed ? 4 : 2 }
  const writer = ['appendOnly', 'invariants', ...(feed ? ['changeDataFeed'] : []), ...(appended ? ['inCommitTimestamp'] : []), ...features]
  return features.length === 0
    ? { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: writer }
    : { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: writer }
}

/** The protocol with the features that a schema needs; the same one where it has them. */
export function protocolFor(protocol: Protocol, schema: StructType): Protocol {
  if (!holds(schema, 'timestampNtz') || protocol.readerFeatures?.includes('timestampNtz')) return protocol
  const { minReaderVersion, minWriterVersion, readerFeatures = [], writerFeatures = [] } = protocol
  const before = minWriterVersion === 7 ? writerFeatures : LEGACY_WRITER.filter(([v]) => v <= minWriterVersion).map(([, f]) => f)
  const mapped = minReaderVersion === 2 ? ['columnMapping'] : []
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: [...readerFeatures, ...mapped, 'timestampNtz'],
    writerFeatures: [...new Set([...before, ...mapped, 'timestampNtz'])],
  }
}
const LEGACY_WRITER: readonly (readonly [number, string])[] = [
  [2, 'appendOnly'],
  [2, 'invariants'],
  [3, 'checkConstraints'],
  [4, 'changeDataFeed'],
  [4, 'generatedColumns'],
  [5, 'columnMapping'],
  [6, 'identityColumns'],
]

function holds(type: { readonly kind: string }, kind: string): boolean {
  const t = type as StructType & { elementType?: StructType; keyType?: StructType; valueType?: StructType }
  if (t.kind === kind) return true
  return [...(t.fields?.map(f => f.dataType) ?? []), t.elementType, t.keyType, t.valueType].some(x => x !== undefined && holds(x, kind))
}
