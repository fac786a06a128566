import { type ConnectorDescription, connectorNames, describeConnector, type OptionSpec, type OptionTable } from '../../wiring.ts'
import type { DatasetDefinition } from './define-dataset.ts'
import { ENTRY_FIELDS, type FieldSpec, type FieldTable, LOAD_FIELDS, SAVE_FIELDS } from './fields.ts'
import { TYPE_NAMES } from './type-names.ts'

type Json = { readonly [key: string]: unknown }

/** Values of references are not known to editors: a text with `${` goes everywhere. */
const orReference = (schema: Json): Json => ({ anyOf: [schema, { type: 'string', pattern: '\\$\\{' }] })

const OPTION_TYPES: { readonly [T in OptionSpec['type']]: (spec: OptionSpec) => Json } = {
  string: () => ({ type: ['string', 'number', 'boolean'] }),
  boolean: () => orReference({ anyOf: [{ type: 'boolean' }, { enum: ['true', 'false'] }] }),
  integer: ({ min }) => orReference({ type: 'integer', ...(min !== undefined && { minimum: min }) }),
  enum: ({ values }) => orReference({ enum: values }),
  interval: () => ({ type: ['string', 'number'] }),
  json: () => ({}),
}
const FIELD_TYPES: { readonly [T in FieldSpec['type']]: Json } = {
  text: { type: 'string' },
  boolean: { type: 'boolean' },
  options: { type: 'object' },
  names: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  schema: { anyOf: [{ type: 'string' }, { type: 'object' }] },
  trigger: { anyOf: [{ type: 'string' }, { type: 'object' }] },
  mode: { enum: ['error', 'errorifexists', 'overwrite', 'append', 'ignore'] },
  outputMode: { enum: ['append', 'update', 'complete'] },
  anything: {},
}

const fields = (table: FieldTable): Json =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, spec]) =>
      [name, ...(spec.aliases ?? [])].map(spelling => [spelling, { ...FIELD_TYPES[spec.type], description: spec.describe }]),
    ),
  )

function options(table: OptionTable, side: 'source' | 'sink', own: FieldTable): Json {
  const taken = Object.entries(table).filter(([, s]) => (s.side === side || s.side === 'both') && s.refused === undefined)
  const families = taken.filter(([name]) => name.endsWith('.*')).map(([name]) => name.slice(0, -2))
  const named = taken.filter(([name]) => !name.endsWith('.*'))
  const properties = named.map(([name, s]) => [
    name,
    { ...OPTION_TYPES[s.type](s), description: s.describe, ...(s.default !== undefined && { default: s.default }) },
  ])
  return {
    type: 'object',
    properties: { ...Object.fromEntries(properties), ...fields(own) },
    // `kafka.*` as dotted names and as nested mappings.
    ...(families.length > 0 && { patternProperties: Object.fromEntries(families.map(f => [`^${f}(\\.|$)`, {}])) }),
  }
}

/** What the entry of a connector may hold, where its format is named. */
function formatRule(connector: ConnectorDescription): Json {
  const is = (key: string): Json => ({ required: [key], properties: { [key]: { const: connector.name } } })
  const load = options(connector.options, 'source', LOAD_FIELDS)
  const save = options(connector.options, 'sink', SAVE_FIELDS)
  return {
    if: { anyOf: [is('format'), is('file_format')] },
    then: { properties: { load_args: load, read: load, save_args: save, write: save } },
  }
}

/** A JSON schema of catalog files, for editors: from the tables of fields and of the connectors' options. */
export async function catalogSchema(types: readonly DatasetDefinition[]): Promise<Json> {
  const names = await connectorNames()
  const connectors = await Promise.all(names.map(async name => (await describeConnector(name))!))
  const entryFields = fields(ENTRY_FIELDS) as Record<string, Json>
  const format = { ...entryFields['format'], anyOf: [{ enum: names }, { type: 'string', pattern: '\\$\\{' }] }
  const entry = {
    type: 'object',
    required: ['type'],
    properties: {
      ...entryFields,
      type: { description: ENTRY_FIELDS.type.describe, enum: [...TYPE_NAMES.keys(), ...types.map(t => t.type)] },
      format,
      file_format: format,
    },
    allOf: connectors.map(formatRule),
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A catalog of data sets',
    type: 'object',
    patternProperties: { '^_': {} },
    additionalProperties: entry,
  }
}
