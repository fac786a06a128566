import { analysis } from './conditions/analysis.ts'
import { api } from './conditions/api.ts'
import { avro } from './conditions/avro.ts'
import { badRecords } from './conditions/bad-records.ts'
import { checkpoint } from './conditions/checkpoint.ts'
import { connectors } from './conditions/connectors.ts'
import { delta } from './conditions/delta.ts'
import { engine } from './conditions/engine.ts'
import { expression } from './conditions/expression.ts'
import { files } from './conditions/files.ts'
import { functionValues } from './conditions/function-values.ts'
import { general } from './conditions/general.ts'
import { http } from './conditions/http.ts'
import { kafka } from './conditions/kafka.ts'
import { kafkaProducer } from './conditions/kafka-producer.ts'
import { kafkaRecords } from './conditions/kafka-records.ts'
import { kafkaSource } from './conditions/kafka-source.ts'
import { plan } from './conditions/plan.ts'
import { postgresql } from './conditions/postgresql.ts'
import { project } from './conditions/project.ts'
import { query } from './conditions/query.ts'
import { snowflake } from './conditions/snowflake.ts'
import { sql } from './conditions/sql.ts'
import { storage } from './conditions/storage.ts'
import { streaming } from './conditions/streaming.ts'
import { tables } from './conditions/tables.ts'
import { targetSchema } from './conditions/target-schema.ts'
import { types } from './conditions/types.ts'
import { watch } from './conditions/watch.ts'

/**
 * The whole table of conditions, one file a room under `conditions/`.
 * The reference page `docs/conditions.md` is generated from it.
 */
export const CONDITIONS = {
  ...general,
  ...api,
  ...functionValues,
  ...analysis,
  ...streaming,
  ...connectors,
  ...targetSchema,
  ...delta,
  ...engine,
  ...expression,
  ...files,
  ...avro,
  ...badRecords,
  ...plan,
  ...postgresql,
  ...project,
  ...sql,
  ...tables,
  ...types,
  ...checkpoint,
  ...query,
  ...storage,
  ...http,
  ...kafka,
  ...kafkaProducer,
  ...kafkaRecords,
  ...kafkaSource,
  ...snowflake,
  ...watch,
}

export type ConditionName = keyof typeof CONDITIONS
type Given<F> = F extends (params: infer P) => string ? (unknown extends P ? object : P) : object
interface Holds<P> {
  readonly params: P
}
type Held = { [C in ConditionName]: Holds<Given<(typeof CONDITIONS)[C]['message']> & Given<(typeof CONDITIONS)[C]['hint']>> }
/**
 * The parameters a condition's message and hint need. Inferred from what holds them: a compiler that met `Held[C]['params']` would compare each literal of the
 * thousands that are thrown with the parameters of every condition.
 */
export type ParamsOf<C extends ConditionName> = Held[C] extends Holds<infer P> ? P : never
