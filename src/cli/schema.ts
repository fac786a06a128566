import { Session } from '../api/index.ts'
import { parameters, text, usage } from './arguments.ts'
import { type Command, EXIT } from './command.ts'

const FORMATS: Readonly<Record<string, string>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
  avro: 'avro',
  txt: 'text',
}
/** What is looked at where nobody says otherwise. */
const PRESETS: Readonly<Record<string, Readonly<Record<string, string>>>> = { csv: { header: 'true', inferSchema: 'true' } }

/** `millrace schema infer`. */
export const schemaInfer: Command = {
  name: 'schema infer',
  summary: 'Finds out the columns of files, for load_args.schema.filepath of the catalog.',
  arguments: [{ name: 'PATH', describe: 'A file, a directory or a glob.', required: true }],
  options: {
    format: { type: 'string', value: 'FORMAT', describe: 'csv, json, parquet, avro; by the ending of the name otherwise.' },
    option: {
      type: 'string',
      value: 'NAME=VALUE',
      multiple: true,
      describe: 'An option of the format: --option sep=";". csv has header and inferSchema set.',
    },
    ddl: { type: 'boolean', describe: 'Prints "a int, b string" instead of Spark’s JSON form.' },
    output: { type: 'string', short: 'o', value: 'FILE', describe: 'Writes into this file.' },
  },
  examples: [
    'millrace schema infer data/01_raw/inventory/ --format json -o conf/base/schemas/raw_json.json',
    'millrace schema infer rides.csv --ddl',
  ],
  run: async ({ arguments: [path], options, out, platform }) => {
    const format = text(options, 'format') ?? formatOf(path!)
    if (!format) throw usage(`the format of "${path}" is not in its name: give --format`, 'schema infer')
    const given = [options['option'] ?? []].flat().map(String)
    await using session = await Session.open()
    const columns = await session.read
      .format(format)
      .options({ ...PRESETS[format.toLowerCase()], ...(parameters(given) as Record<string, string>) })
      .load(path!)
      .schema()
    const shown = options['ddl'] === true ? columns.toDdl() : JSON.stringify(columns, null, out.json ? 0 : 2)
    const file = text(options, 'output')
    if (file === undefined) out.print(shown)
    else {
      await platform.files.write(file, new TextEncoder().encode(`${shown}\n`))
      out.note(`written: ${file}, ${columns.fields.length} columns`)
    }
    return EXIT.ok
  },
}

/** By the ending, without that of a compression. */
function formatOf(path: string): string | undefined {
  const parts = path
    .toLowerCase()
    .replace(/\.(gz|bz2|zst|snappy|lz4)$/, '')
    .split('.')
  return parts.length > 1 ? FORMATS[parts.at(-1)!] : undefined
}
