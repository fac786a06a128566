import { expect, test } from 'vitest'
import { isMillraceError } from '../../src/index.ts'
import { nodePlatform } from '../../src/platform/index.ts'
import {
  catalogSchema,
  checkCatalog,
  DataCatalog,
  type DatasetDefinition,
  defineDataset,
  NO_USES,
  problemLine,
} from '../../src/project/catalog/index.ts'
import { ConfigLoader } from '../../src/project/conf/index.ts'
import { makeProject } from './support.ts'

/** Three entries of a Kedro project as they stand in its article. */
const DOCUMENT = `raw_json:
  type: spark.SparkStreamingDataSet
  filepath: data/01_raw/stream/inventory/
  file_format: json
int.new_inventory:
  type: spark.SparkStreamingDataSet
  filepath: data/02_intermediate/inventory/
  file_format: csv
  load_args:
    header: True
processed.sensor:
  type: spark.SparkStreamingDataSet
  file_format: csv
  filepath: data/03_primary/processed_sensor/
  save_args:
    output_mode: append
    checkpoint: data/04_checkpoint/processed_sensor
    header: True
`

async function open(
  files: Readonly<Record<string, string>>,
  options: { env?: string; types?: readonly DatasetDefinition<any>[]; vars?: Record<string, string> } = {},
) {
  const root = await makeProject(files)
  const platform = { ...nodePlatform, process: { ...nodePlatform.process, env: (name: string) => options.vars?.[name] } }
  const config = await ConfigLoader.open({ root, platform, ...(options.env && { env: options.env }) })
  const catalog = await DataCatalog.open({ root, platform, config, ...(options.types && { types: options.types }) })
  return { root, catalog, config, check: async () => (await checkCatalog(catalog, NO_USES, () => undefined)).map(problemLine) }
}
const ofCatalog = (catalog: string, options = {}) => open({ 'conf/base/catalog.yml': catalog }, options)
const refusal = async (of: Promise<unknown>) => {
  const error = await of.then(
    () => undefined,
    e => e,
  )
  return isMillraceError(error) ? error : expect.fail(`refused nothing: ${error}`)
}

test('the entries of the Kedro article load as they stand; what is missing is told with its fix', async () => {
  const { catalog, check, root } = await ofCatalog(DOCUMENT)
  expect(catalog.names()).toEqual(['raw_json', 'int.new_inventory', 'processed.sensor'])
  const sensor = await catalog.entry('processed.sensor')
  expect(sensor).toMatchObject({
    kind: 'stream',
    format: 'csv',
    path: `${root}/data/03_primary/processed_sensor/`,
    outputMode: 'append',
    checkpoint: `${root}/data/04_checkpoint/processed_sensor`,
    save: { values: { header: 'true' } },
    load: { values: {} },
  })
  expect((await catalog.entry('int.new_inventory'))?.load.values).toEqual({ header: 'true' })
  expect(await check()).toEqual([
    expect.stringMatching(
      /^conf\/base\/catalog\.yml:1:1 warning: "raw_json": a json stream has no schema.*load_args: \{ schema: \{ filepath: /,
    ),
    expect.stringMatching(/^conf\/base\/catalog\.yml:5:1 warning: "int\.new_inventory": a csv stream has no schema/),
  ])
})

test('every mistake has a file, a line, a column and a fix', async () => {
  const { check } = await ofCatalog(`one:
  type: spark.SparkStreamingDataSett
two:
  type: stream
  file_format: csvv
three:
  type: stream
  format: csv
  schema: a int, b sting
  load_args: { headr: true, maxFilesPerTrigger: none }
  save_args: { maxFilesPerTrigger: 1, checkpoint: c, trigger: [1] }
  savings: 1
four:
  type: stream
  format: text
  versioned: true
five: 1
`)
  const lines = await check()
  expect(lines.map(l => l.replace('conf/base/catalog.yml:', ''))).toEqual([
    expect.stringMatching(/^2:9 error: "one": there is no type .*did you mean "spark\.SparkStreamingDataset"\?/),
    expect.stringMatching(/^5:16 error: "two": there is no format "csvv", did you mean "csv"\?/),
    expect.stringMatching(/^12:3 error: "three": there is no field "savings"/),
    expect.stringMatching(/^9:11 error: "three": the schema cannot be read/),
    expect.stringMatching(/^11:63 error: "three": "trigger" cannot be \[1\]/),
    expect.stringMatching(/^10:16 error: "three": .*"headr".*did you mean "header"\?/),
    expect.stringMatching(/^10:29 error: "three": .*"maxFilesPerTrigger".*whole number/),
    expect.stringMatching(/^11:16 error: "three": .*"maxFilesPerTrigger"/),
    expect.stringMatching(/^16:3 error: "four": a stream takes no "versioned"/),
    expect.stringMatching(/^17:7 error: "five": an entry is a mapping/),
  ])
})

test.each([
  ['a tab', 'a:\n\ttype: stream', 2, 1, /tab/],
  ['a key that stands twice', 'a: {type: memory}\nb: {type: memory}\na: {type: memory}', 3, 1, /twice/],
  ['an alias of nothing', 'a: *no', 1, 4, /anchor/],
  ['a list', '- a', 1, 1, /mapping/],
])('%s is refused with its place', async (_, text, line, column, problem) => {
  const { params, condition } = await refusal(ofCatalog(text))
  expect(condition).toBe('CONF_FILE_INVALID')
  expect(params).toMatchObject({ file: 'conf/base/catalog.yml', line, column, problem: expect.stringMatching(problem) })
})

test('one name in two files of an environment is refused; another environment replaces it', async () => {
  const files = { 'conf/base/catalog.yml': 'a: {type: text, path: one}', 'conf/base/nested/catalog_more.yml': 'b: {type: text, path: two}' }
  const { catalog, root } = await open({ ...files, 'conf/prod/catalog.yml': 'a: {type: text, path: other}' }, { env: 'prod' })
  expect(catalog.names()).toEqual(['a', 'b'])
  expect((await catalog.entry('a'))?.path).toBe(`${root}/other`)
  const twice = await refusal(open({ ...files, 'conf/base/catalog_2.yml': 'b: {type: text, path: three}' }))
  expect(twice.params).toMatchObject({ name: 'b', first: 'conf/base/catalog_2.yml:1:1', second: 'conf/base/nested/catalog_more.yml:1:1' })
  expect((await refusal(open(files, { env: 'prd' }))).condition).toBe('CONF_ENVIRONMENT_UNKNOWN')
})

test('references reach the environment, globals, and entries that begin with _', async () => {
  const catalog = `_csv: &csv
  type: stream
  format: csv
a:
  <<: *csv
  path: \${globals:lake}/a/\${oc.env:STAGE,dev}
  load_args: \${_args}
  schema: x int
b:
  type: text
  path: \${oc.env:NOT_SET}
c:
  type: text
  path: \${glbals:lake}
_args: { header: True, maxFilesPerTrigger: "\${globals:files}" }
`
  const opened = await open(
    { 'conf/base/catalog.yml': catalog, 'conf/base/globals.yml': 'lake: s3://lake\nfiles: 3' },
    { vars: { STAGE: 'prod' } },
  )
  expect(await opened.catalog.entry('a')).toMatchObject({
    path: 's3://lake/a/prod',
    load: { values: { header: 'true', maxFilesPerTrigger: '3' } },
  })
  expect(await opened.check()).toEqual([
    expect.stringMatching(/^conf\/base\/catalog\.yml:11:9 error: "b": .*NOT_SET.*is not set in the environment.*Set NOT_SET/),
    expect.stringMatching(/^conf\/base\/catalog\.yml:14:9 error: "c": .*did you mean "globals"\?/),
  ])
})

test('credentials become options and are shown nowhere', async () => {
  const { catalog, check } = await open({
    'conf/base/catalog.yml': `events:
  type: stream
  file_format: kafka
  credentials: cluster
  load_args: { kafka: { bootstrap: { servers: "\${oc.env:BROKER,localhost:9092}" } }, subscribe: events }
`,
    'conf/local/credentials.yml': 'cluster: { kafka.ssl.truststore.location: hidden-place, kafka.sasl.jaas.config: hidden-word }',
  })
  expect((await catalog.entry('events'))?.load.values).toMatchObject({
    'kafka.bootstrap.servers': 'localhost:9092',
    'kafka.ssl.truststore.location': 'hidden-place',
  })
  expect(JSON.stringify([await (await catalog.dataset('events')).describe(), await check()])).not.toContain('hidden')
})

test('a factory makes an entry for every name that fits; the closest pattern wins', async () => {
  const { catalog, root } = await ofCatalog(`"{name}_stream": { type: stream, format: json, path: "data/{name}", schema: a int }
"{area}_{name}_stream": { type: stream, format: csv, path: "data/{area}/{name}", schema: a int }
"{any}": { type: text, path: "other/{any}.txt" }
`)
  expect(catalog.names()).toEqual([])
  expect((await catalog.entry('ride_stream'))?.path).toBe(`${root}/data/ride`)
  expect(await catalog.entry('eu_ride_stream')).toMatchObject({
    format: 'csv',
    path: `${root}/data/eu/ride`,
    pattern: '{area}_{name}_stream',
  })
  expect((await catalog.entry('anything'))?.path).toBe(`${root}/other/anything.txt`)
})

test('data sets of other libraries become tables and documents, with what those do by themselves', async () => {
  const { catalog, check } = await ofCatalog(`frame:
  type: pandas.CSVDataset
  filepath: data/frame.csv
  load_args: { sep: ";", na_values: NA }
  save_args: { index: False, sep: ";" }
spark: { type: spark.SparkDataSet, filepath: data/spark, save_args: { mode: overwrite, partitionBy: [day] } }
notes: { type: json.JSONDataSet, filepath: data/notes.json }
kept: { type: MemoryDataSet }
indexed: { type: pandas.CSVDataSet, filepath: data/i.csv, save_args: { index: True } }
`)
  expect(await catalog.entry('frame')).toMatchObject({
    kind: 'table',
    singleFile: true,
    mode: 'overwrite',
    load: { values: { header: 'true', inferSchema: 'true', sep: ';', nullValue: 'NA' } },
    save: { values: { header: 'true', sep: ';' } },
  })
  expect(await catalog.entry('spark')).toMatchObject({
    kind: 'table',
    format: 'parquet',
    mode: 'overwrite',
    partitionBy: ['day'],
    singleFile: false,
  })
  expect(await catalog.entry('notes')).toMatchObject({ kind: 'document', format: 'json' })
  expect((await catalog.dataset('kept')).kind).toBe('memory')
  expect(await check()).toEqual([expect.stringMatching(/"indexed": "index" cannot be true: frames have no index$/)])
})

test('a type of one’s own is checked by its table of options', async () => {
  const feed = defineDataset({
    type: 'acme.Feed',
    options: {
      url: { type: 'string', describe: 'Where.', required: true },
      every: { type: 'interval', describe: 'How often.', default: '10s' },
    },
    load: ({ options }) => [options.url.length, options.every],
  })
  const { catalog, check } = await ofCatalog('good: { type: acme.Feed, url: abc }\nbad: { type: acme.Feed, evry: 1s }', { types: [feed] })
  const { load } = await catalog.dataset('good')
  expect(
    await load.call(await catalog.dataset('good'), {
      runId: 'r',
      versions: {},
      platform: nodePlatform,
      session: () => expect.fail('no session'),
    }),
  ).toEqual([3, 10_000])
  expect(await check()).toEqual([
    expect.stringMatching(/:2:\d+ error: "bad": .*"evry".*did you mean "every"\?/),
    expect.stringMatching(/:2:1 error: "bad": .*"url"/),
  ])
  expect(() => defineDataset({ type: 'x', options: {} })).toThrow(/a load or a save function/)
})

test('the schema for editors knows every connector and its options', async () => {
  const schema = (await catalogSchema([])) as any
  const entry = schema.additionalProperties
  expect(entry.properties.type.enum).toEqual(
    expect.arrayContaining(['stream', 'table', 'spark.SparkStreamingDataSet', 'pandas.CSVDataset']),
  )
  const csv = entry.allOf.find((rule: any) => rule.if.anyOf[0].properties.format.const === 'csv')
  expect(csv.then.properties.load_args.properties).toHaveProperty('maxFilesPerTrigger')
  expect(csv.then.properties.save_args.properties).toHaveProperty('checkpoint')
  expect(csv.then.properties.save_args.properties).not.toHaveProperty('maxFilesPerTrigger')
})
