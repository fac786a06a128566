import { Session, warehouseDdl } from '../api/index.ts'
import { text, usage } from './arguments.ts'
import { type Command, EXIT } from './command.ts'

const WAREHOUSES = ['bigquery', 'redshift', 'snowflake', 'postgres'] as const
type Warehouse = (typeof WAREHOUSES)[number]
const LAKE_FORMATS = ['parquet', 'csv', 'json'] as const
type LakeFormat = (typeof LAKE_FORMATS)[number]
const isOf = <T extends string>(known: readonly T[], given: string): given is T => (known as readonly string[]).includes(given)

/** `millrace warehouse ddl`. */
export const warehouse: Command = {
  name: 'warehouse ddl',
  summary: 'Prints the statements by which a warehouse reads a lake folder and merges it into a table.',
  about:
    'CREATE EXTERNAL TABLE, CREATE TABLE and MERGE, in the order they are run. Nothing is connected to; the columns are those of the files, or of --schema.',
  arguments: [
    { name: 'WAREHOUSE', describe: `One of ${WAREHOUSES.join(', ')}.`, required: true },
    {
      name: 'LOCATION',
      describe: 'The folder as the warehouse reaches it: s3://lake/rides, for Snowflake also a stage, @lake/rides.',
      required: true,
    },
  ],
  options: {
    table: { type: 'string', value: 'NAME', describe: 'The table of the warehouse: shop.rides. Needed.' },
    key: {
      type: 'string',
      value: 'COLUMN',
      multiple: true,
      describe: 'A column that tells rows apart; may be given several times. Needed.',
    },
    newest: { type: 'string', value: 'COLUMN', describe: 'Of several rows with one key, the one with the greatest value here counts.' },
    'partition-by': { type: 'string', value: 'COLUMN', multiple: true, describe: 'A column that stands in the names of folders.' },
    external: { type: 'string', value: 'NAME', describe: 'The table over the files; the table’s name with _lake otherwise.' },
    format: { type: 'string', value: 'FORMAT', describe: `${LAKE_FORMATS.join(', ')}.`, default: 'parquet' },
    schema: { type: 'string', value: 'DDL', describe: 'The columns, "id bigint, at timestamp"; looked up in the files otherwise.' },
    files: { type: 'string', value: 'PATH', describe: 'Where this machine reads the files, if not at LOCATION.' },
  },
  examples: [
    "millrace warehouse ddl bigquery gs://lake/rides --table shop.rides --key id --newest at --schema 'id bigint, user string, at timestamp'",
    'millrace warehouse ddl postgres s3://lake/rides --table rides --key id --files lake/rides',
  ],
  run: async ({ arguments: [name, location], options, out }) => {
    if (!isOf<Warehouse>(WAREHOUSES, name!))
      throw usage(`there is no warehouse "${name}": one of ${WAREHOUSES.join(', ')}`, 'warehouse ddl')
    const format = text(options, 'format') ?? 'parquet'
    if (!isOf<LakeFormat>(LAKE_FORMATS, format))
      throw usage(`the format "${format}" is none of ${LAKE_FORMATS.join(', ')}`, 'warehouse ddl')
    const [table, keys] = [text(options, 'table'), texts(options['key'])]
    if (table === undefined) throw usage('--table is missing: the table of the warehouse', 'warehouse ddl')
    if (keys.length === 0) throw usage('--key is missing: the column that tells rows apart', 'warehouse ddl')
    const [external, newest, partitionBy] = [text(options, 'external'), text(options, 'newest'), texts(options['partition-by'])]
    const ddl = warehouseDdl(text(options, 'schema') ?? (await columnsOf(text(options, 'files') ?? location!, format)), {
      warehouse: name,
      location: location!,
      table,
      keys,
      format,
      partitionBy,
      ...(external !== undefined && { external }),
      ...(newest !== undefined && { newest }),
    })
    out.print(out.json ? JSON.stringify({ external: ddl.external, table: ddl.table, merge: ddl.merge }) : ddl.text.trimEnd())
    return EXIT.ok
  },
}

const texts = (given: unknown): string[] => [given ?? []].flat().map(String)

async function columnsOf(path: string, format: LakeFormat): Promise<string> {
  await using session = await Session.open()
  const columns = await session.read
    .format(format)
    .options(format === 'csv' ? { header: 'true', inferSchema: 'true' } : {})
    .load(path)
    .schema()
  return columns.toDdl()
}
