import { conditions } from '../condition.ts'

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`
const coded = (code: string): string => (code === '' ? '' : ` (${code})`)

/** Conditions of `connectors/snowflake/`. */
export const snowflake = conditions({
  SNOWFLAKE_LOGIN_INVALID: {
    domain: 'user',
    message: (p: { problem: string }) => `the options do not say how to log in to Snowflake: ${p.problem}`,
    hint: () =>
      'Give pem_private_key (with pem_private_key_passphrase where it is encrypted), or sfPassword, or sfToken with sfAuthenticator oauth.',
  },
  SNOWFLAKE_PRIVATE_KEY: {
    domain: 'user',
    message: (p: { problem: string }) => `"pem_private_key" is no usable private key: ${p.problem}`,
    hint: () =>
      'Make one with: openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out rsa_key.p8 -nocrypt; then give the file’s path, its text, or the base64 between its lines BEGIN and END.',
  },
  SNOWFLAKE_LOGIN_REFUSED: {
    domain: 'external',
    message: (p: { user: string; account: string; reason: string; code: string; fingerprint?: string }) =>
      `Snowflake account "${p.account}" refused the login of "${p.user}": ${p.reason}${coded(p.code)}`,
    hint: (p: { user: string; fingerprint?: string }) =>
      p.fingerprint === undefined
        ? 'Check sfURL, sfUser and sfPassword or sfToken.'
        : `The key has the fingerprint ${p.fingerprint}: DESCRIBE USER ${p.user} must show it as RSA_PUBLIC_KEY_FP. If it does not, run ALTER USER ${p.user} SET RSA_PUBLIC_KEY='…'; with the public half of this key. Check sfURL and sfUser, too.`,
  },
  SNOWFLAKE_UNREACHABLE: {
    domain: 'external',
    message: (p: { url: string; what: string; timeoutMs: number; reason: string }) =>
      `${p.url} did not answer within ${seconds(p.timeoutMs)} (${p.what}): ${p.reason}`,
    hint: () =>
      'Check sfURL and the network; a longer retryTimeout waits for it longer. Nothing of the batch counts until it is written whole.',
  },
  SNOWFLAKE_NOT_THERE: {
    domain: 'external',
    message: (p: { kind: string; name: string; role: string; remedy: string }) =>
      `the ${p.kind} ${p.name} does not exist, or ${p.role} may not use it`,
    hint: (p: { remedy: string }) => `Check the name, or run: ${p.remedy}`,
  },
  SNOWFLAKE_NO_WAREHOUSE: {
    domain: 'user',
    message: (p: { user: string }) =>
      `no warehouse runs the statements: sfWarehouse is not given, and user "${p.user}" has none of its own`,
    hint: () => "Add .option('sfWarehouse', 'COMPUTE_WH').",
  },
  SNOWFLAKE_NOT_ALLOWED: {
    domain: 'external',
    message: (p: { what: string; role: string; reason: string; remedy: string }) => `${p.role} may not ${p.what}: ${p.reason}`,
    hint: (p: { remedy: string }) => `Run: ${p.remedy}`,
  },
  SNOWFLAKE_STATEMENT_FAILED: {
    domain: 'external',
    message: (p: { what: string; reason: string; code: string }) => `Snowflake could not ${p.what}: ${p.reason}${coded(p.code)}`,
    hint: () => 'It would fail again the same way; mend what the message names and start again. Nothing of the batch counts.',
  },
  SNOWFLAKE_AHEAD: {
    domain: 'user',
    message: (p: { table: string; place: string; has: number; logged: number }) =>
      `${p.table} holds this query’s batches up to ${p.has} (${p.place}), and the checkpoint knows none after ${p.logged}: it is older than the table`,
    hint: () =>
      'Put back the checkpoint that belongs to the table, or start with a new checkpointLocation; going on would leave out rows without a word.',
  },
  SNOWFLAKE_REPROCESS: {
    domain: 'user',
    message: (p: { table: string }) =>
      `an empty checkpoint with startingTimestamp appends rows to the table ${p.table} that it may already hold`,
    hint: () => "Name keyColumns, so that rows replace those of the same key, or say option('reprocess', 'append') to write them again.",
  },
  SNOWFLAKE_FENCED: {
    domain: 'external',
    message: (p: { table: string; batchTable: string; run: string }) =>
      `another process took over the query that writes to ${p.table}: ${p.batchTable} names the run ${p.run}`,
    hint: () => 'Run only one query on a checkpoint: stop the other process, or this one for good.',
  },
  SNOWFLAKE_TABLE_NEEDED: {
    domain: 'user',
    message: (p: { problem: string }) => `format "snowflake" does not know which table: ${p.problem}`,
    hint: () => "Add .option('dbtable', 'NAME'), or a query to a batch read.",
  },
  SNOWFLAKE_NAME: {
    domain: 'user',
    message: (p: { option: string; value: string; problem: string }) =>
      `"${p.option}" is no name that Snowflake knows: ${p.value} ${p.problem}`,
    hint: () => 'Write NAME, SCHEMA.NAME or DATABASE.SCHEMA.NAME; put a part with lower case or signs into double quotes.',
  },
  SNOWFLAKE_PARTITION_BY: {
    domain: 'user',
    message: (p: { columns: readonly string[] }) =>
      `partitionBy(${p.columns.join(', ')}) has no meaning for Snowflake: it partitions tables by itself`,
    hint: () => 'Leave partitionBy out; a table may be clustered with ALTER TABLE … CLUSTER BY.',
  },
  SNOWFLAKE_COLUMN_COUNT: {
    domain: 'user',
    message: (p: { rows: number; table: string; columns: number }) =>
      `with column_mapping "order" the rows must have as many columns as ${p.table}: ${p.rows} and ${p.columns}`,
    hint: () => 'Select the columns of the table in its order, or leave column_mapping out: columns then go by name.',
  },
  SNOWFLAKE_NO_KEY: {
    domain: 'user',
    message: (p: { table: string }) => `update mode replaces rows of ${p.table}, but nothing says which: "keyColumns" is not given`,
    hint: () => "Add .option('keyColumns', 'id, day') with the columns that tell rows apart, for an aggregation those it groups by.",
  },
  SNOWFLAKE_KEY_COLUMN: {
    domain: 'user',
    message: (p: { column: string; columns: readonly string[] }) =>
      `the key column "${p.column}" is not among those written: ${p.columns.join(', ')}`,
    hint: () => 'Name columns of the rows in keyColumns.',
  },
  SNOWFLAKE_DUPLICATE_KEY: {
    domain: 'user',
    message: (p: { table: string; columns: readonly string[]; key: string; batch: number }) =>
      `batch ${p.batch} has several rows with one key (${p.columns.join(', ')}) = (${p.key}): which of them ${p.table} should keep is not said`,
    hint: () =>
      'Leave one row a key, for example with dropDuplicates() or an aggregation, or add the column that tells them apart to keyColumns.',
  },
  SNOWFLAKE_TABLE_EXISTS: {
    domain: 'user',
    message: (p: { table: string }) => `the table ${p.table} exists already`,
    hint: () => "Use mode('append') to add rows, mode('overwrite') to replace them, or mode('ignore').",
  },
  SNOWFLAKE_WRITE_METHOD: {
    domain: 'user',
    message: (p: { problem: string }) => `writeMethod "streaming" cannot be used here: ${p.problem}`,
    hint: () => "Use .option('writeMethod', 'stage').",
  },
  SNOWFLAKE_ROW_TOO_LARGE: {
    domain: 'user',
    message: (p: { bytes: number; limit: number; batch: number }) =>
      `a row of batch ${p.batch} is ${p.bytes} bytes of JSON; Snowpipe Streaming takes ${p.limit} at a time`,
    hint: () => "Make the row smaller, or use .option('writeMethod', 'stage').",
  },
  SNOWFLAKE_ROWS_REJECTED: {
    domain: 'external',
    message: (p: { table: string; batch: number; rows: number; reason: string }) =>
      `Snowflake left out ${p.rows} rows of batch ${p.batch} that ${p.table} does not take: ${p.reason}`,
    hint: () =>
      "Mend the table or the rows and write those rows by hand; .option('rejectedRows', 'warn') goes on past them. Other rows of the batch are in the table.",
  },
  SNOWFLAKE_STREAMING_FAILED: {
    domain: 'external',
    message: (p: { what: string; status: number; code: string; reason: string }) =>
      `Snowpipe Streaming could not ${p.what}: ${p.reason} (${p.code === '' ? `HTTP ${p.status}` : p.code})`,
    hint: () =>
      'Mend what the message names and start again; what the channel has committed is not written twice. The user’s default role needs USAGE on database and schema, INSERT on the table and, for a pipe of your own, OPERATE on it.',
  },
  SNOWFLAKE_CHANNEL_TAKEN: {
    domain: 'external',
    message: (p: { channel: string; table: string }) =>
      `another process opened the channel ${p.channel} that this query writes to ${p.table} by`,
    hint: () => 'Run only one query on a checkpoint: stop the other process, or this one for good.',
  },
  SNOWFLAKE_CHANNEL_UNKNOWN_TOKEN: {
    domain: 'external',
    message: (p: { channel: string; token: string }) =>
      `the channel ${p.channel} stands at the offset token "${p.token}", which is none of this query’s`,
    hint: () =>
      'Somebody else wrote to the channel, or another batch size was used. Drop the channel only after looking which rows of the last batch are in the table.',
  },
})
