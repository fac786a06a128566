import { useWiring } from './api/index.ts'
import { wires } from './wiring.ts'

export * from './api/index.ts'
export { type ConditionName, findMillraceError, isMillraceError, MillraceError } from './errors/index.ts'
export type {
  QueryListener,
  QueryStartedEvent,
  QueryTerminatedEvent,
  QueryWarning,
  StreamingQueryProgress,
  StreamingQueryStatus,
} from './observe/index.ts'
export {
  type DataType,
  Decimal,
  type Field,
  Interval,
  LocalDate,
  LocalTimestamp,
  type RowBatch,
  Schema,
  type StructType,
  schema,
  Timestamp,
} from './types/index.ts'
export {
  type CredentialProvider,
  createProducer,
  createTopics,
  type DeliveryReport,
  type MessageOptions,
  type Producer,
  type ProducerOptions,
  registerCredentialProvider,
  registerTokenProvider,
  type S3Credentials,
  type Serializer,
  type SerializerName,
  type TokenProvider,
  type TopicDone,
  type TopicsConnection,
} from './wiring.ts'

useWiring(wires())
