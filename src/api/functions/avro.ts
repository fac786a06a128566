import { call } from '../build.ts'
import { Column, columnExpression } from '../column.ts'
import type { ColumnOrName, Needs } from '../column-types.ts'
import { toLiteral } from '../literal.ts'
import { type Options, optionsMap } from './typed.ts'

/** Where messages carry the id of the schema they were written with: Confluent's frame, a zero byte and four of the id. */
export interface SchemaRegistry {
  /** The subject, as a rule the topic's name and `-value` or `-key`. */
  readonly subject: string
  /** A version of it, by number; default `latest`. */
  readonly version?: number | 'latest'
  /** Where the registry is: `http://registry:8081`; several of the same one with commas. */
  readonly registry: string
  /** Basic authentication. */
  readonly username?: string
  readonly password?: string
  /** Bearer authentication. */
  readonly token?: string
  /** How long one answer may take, in milliseconds; default 10000. */
  readonly timeout?: number
  /** How often a request is tried again; default 3. */
  readonly retries?: number
  /**
   * What a restarted query takes for `latest`: `pinned` (default) the version that its checkpoint began with, and a warning says when there is a newer
   * one; `latest` the one that is the latest then.
   */
  readonly schemaEvolution?: 'pinned' | 'latest'
  readonly [option: string]: string | number | boolean | undefined
}

const entries = (given: object): Options => Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)) as Options

/** A schema's JSON, as text or as the object itself. */
type AvroJson = string | { readonly type: unknown } | readonly unknown[]
const isRegistry = (schema: unknown): schema is SchemaRegistry => typeof schema === 'object' && schema !== null && 'subject' in schema
const jsonOf = (schema: AvroJson): string => (typeof schema === 'string' && /^\s*[[{"]/.test(schema) ? schema : JSON.stringify(schema))

/**
 * Avro messages as values. The schema is JSON (`{"type":"record",…}`, text or object), or a subject of a schema registry.
 *
 * - `mode`: `'FAILFAST'` (default, as in Spark) ends the query at bytes that are no such message, `'PERMISSIVE'` gives a struct of nulls.
 * - `avroSchema`: a schema to read by, where writers' schema is an older or newer one: fields are matched by name and alias, missing ones take their
 *   defaults, types become wider.
 * - `recursiveFieldMaxDepth`, `enableStableIdentifiersForUnionType`, `stableIdentifierPrefixForUnionType` as in Spark.
 *
 * With a registry the schema of the subject's version is what messages are read by; each message's own schema is looked up by the id it carries. A
 * restarted query goes on with the version it began with, also when the subject was removed: see `schemaEvolution`.
 *
 * @example
 * fromAvro('value', '{"type":"record","name":"Ride","fields":[{"name":"id","type":"long"}]}', { mode: 'PERMISSIVE' })
 * fromAvro('value', { subject: 'rides-value', registry: 'http://localhost:8081' })
 */
export const fromAvro = <const A extends ColumnOrName>(
  column: A,
  schema: AvroJson | SchemaRegistry,
  options?: Options,
): Column<any, string, Needs<A>> =>
  new Column(
    isRegistry(schema)
      ? call('from_avro', columnExpression(column), ...optionsMap(entries({ ...schema, ...options })))
      : call('from_avro', columnExpression(column), toLiteral(jsonOf(schema)), ...optionsMap(options)),
  )

/**
 * Values as Avro messages: of the given schema, of a registry's subject (framed with its id), or of the schema that the column's type gives, as Spark does.
 *
 * With a registry the subject's schema has to be there; `autoRegister: true` registers the schema that the type gives, where it is compatible. Both
 * happen when a query starts, before it reads anything.
 *
 * @example
 * toAvro(struct('id', 'fare'), '{"type":"record","name":"Ride","fields":[{"name":"id","type":"long"},{"name":"fare","type":"double"}]}')
 */
export const toAvro = <const A extends ColumnOrName>(
  column: A,
  schema?: AvroJson | (SchemaRegistry & { readonly autoRegister?: boolean }),
): Column<Uint8Array, string, Needs<A>> =>
  new Column(
    schema === undefined
      ? call('to_avro', columnExpression(column))
      : isRegistry(schema)
        ? call('to_avro', columnExpression(column), ...optionsMap(entries(schema)))
        : call('to_avro', columnExpression(column), toLiteral(jsonOf(schema))),
  )
