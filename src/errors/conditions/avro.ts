import { conditions } from '../condition.ts'

/** Conditions of Avro: schemas, from_avro, to_avro, container files. */
export const avro = conditions({
  INVALID_AVRO_SCHEMA: {
    domain: 'user',
    message: (p: { why: string }) => `the Avro schema cannot be read: ${p.why}`,
    hint: () =>
      'Give the schema as JSON text, as in \'{"type":"record","name":"Ride","fields":[{"name":"id","type":"long"}]}\', or the subject of a registry, as in { subject: "rides-value", registry: "http://localhost:8081" }.',
  },
  RECURSIVE_AVRO_SCHEMA: {
    domain: 'user',
    message: (p: { name: string }) => `the Avro record "${p.name}" lies in itself, and no column does`,
    hint: () => 'Set the option recursiveFieldMaxDepth: 1 leaves the fields that recur out, 2 keeps one level of them, and so on up to 15.',
  },
  AVRO_NAME_NOT_ALLOWED: {
    domain: 'user',
    message: (p: { name: string }) => `Avro cannot name a field "${p.name}"`,
    hint: () => 'Rename the column: letters, digits and _ are taken, no digit first.',
  },
  INCOMPATIBLE_AVRO_SCHEMAS: {
    domain: 'user',
    message: (p: { path: string; why: string }) => `what was written cannot be read by the schema, at ${p.path || 'the top'}: ${p.why}`,
    hint: () =>
      'Give a field that writers may leave out a default, and change types only to wider ones (int, long, float, double; string, bytes).',
  },
  AVRO_INCOMPATIBLE_TYPE: {
    domain: 'user',
    message: (p: { path: string; avro: string; type: string }) =>
      `Avro ${p.avro} and SQL ${p.type} do not fit each other, at ${p.path || 'the top'}`,
    hint: () => 'Cast the column to the type of the Avro schema, or give another schema.',
  },
  AVRO_FIELD_NOT_MATCHED: {
    domain: 'user',
    message: (p: { path: string; missing: 'column' | 'field' }) =>
      p.missing === 'column'
        ? `the Avro schema wants a field "${p.path}" that no column gives`
        : `the Avro schema has no field for the column "${p.path}"`,
    hint: (p: { missing: 'column' | 'field' }) =>
      p.missing === 'column'
        ? 'Select the column, or let the field be a union with null.'
        : 'Select only columns that the schema has, or add the field to the schema.',
  },
  AVRO_CANNOT_WRITE_NULL_FIELD: {
    domain: 'user',
    sparkClass: 'AVRO_CANNOT_WRITE_NULL_FIELD',
    message: (p: { name: string; dataType: string }) => `a null cannot be written as Avro ${p.dataType}, at ${p.name || 'the top'}`,
    hint: () => 'Let the Avro type be a union with null, or fill nulls first (coalesce).',
  },
  AVRO_VALUE_DOES_NOT_FIT: {
    domain: 'user',
    message: (p: { path: string; value: string; why: string }) => `${p.value} cannot be written at ${p.path || 'the top'}: ${p.why}`,
    hint: () => 'Mend the value, or give a schema that holds it.',
  },
  MALFORMED_AVRO_MESSAGE: {
    domain: 'user',
    sparkClass: 'MALFORMED_AVRO_MESSAGE',
    message: (p: { bytes: string; why: string }) => `a value is no Avro message of the schema (${p.why}): ${p.bytes}`,
    hint: () => "Mend the data or the schema, or set the option mode to 'PERMISSIVE', which gives nulls.",
  },
  AVRO_LOOKS_FRAMED: {
    domain: 'user',
    message: (p: { id: number }) =>
      `a value looks Confluent-framed (a zero byte and the schema id ${p.id} stand before the Avro bytes), and plain Avro was declared`,
    hint: () => 'Give from_avro the option registry with a subject, or cut the frame off: from_avro(substring(value, 6), schema).',
  },
  AVRO_LOOKS_PLAIN: {
    domain: 'user',
    message: () => 'a value is plain Avro without a schema id, and registry-framed Avro was declared',
    hint: () => 'Give from_avro the schema itself in place of registry and subject.',
  },
  SCHEMA_REGISTRY_UNREACHABLE: {
    domain: 'external',
    message: (p: { url: string; why: string; attempts: number }) =>
      `the schema registry at ${p.url} cannot be reached after ${p.attempts} attempt${p.attempts === 1 ? '' : 's'}: ${p.why}`,
    hint: () => 'Check the address and that the registry runs; timeout (milliseconds) and retries say how long to try.',
  },
  SCHEMA_REGISTRY_LOGIN: {
    domain: 'user',
    message: (p: { url: string; status: number }) => `the schema registry at ${p.url} refuses the login (${p.status})`,
    hint: () => 'Give username and password, or token, of an account that may read the subject.',
  },
  SCHEMA_REGISTRY_REFUSED: {
    domain: 'external',
    message: (p: { url: string; why: string }) => `the schema registry at ${p.url} refuses the request: ${p.why}`,
    hint: () => 'Check that the address is that of a registry with Confluent’s API, with its path.',
  },
  SUBJECT_NOT_FOUND: {
    domain: 'user',
    message: (p: { subject: string; version: string; url: string }) =>
      `the schema registry at ${p.url} has no ${p.version === 'latest' ? 'schema' : `version ${p.version}`} of the subject "${p.subject}"`,
    hint: () => 'Check the name (as a rule <topic>-value), register the schema first, or write with autoRegister: true.',
  },
  SCHEMA_NOT_COMPATIBLE: {
    domain: 'user',
    message: (p: { subject: string; why: string }) =>
      `the schema of the column is not compatible with the latest of "${p.subject}": ${p.why}`,
    hint: () => 'Keep the types of the fields that are there, give new ones a default, or write to another subject.',
  },
  INVALID_AVRO_FILE: {
    domain: 'user',
    message: (p: { path: string; why: string }) => `${p.path} is no Avro file that can be read: ${p.why}`,
    hint: () => 'Mend or remove the file; pathGlobFilter chooses files by name.',
  },
})
