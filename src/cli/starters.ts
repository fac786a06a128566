import { version } from '../project/version.ts'

/** What a starter needs beside what all have. */
export interface Starter {
  readonly summary: string
  readonly files: Readonly<Record<string, string>>
  /** Packages that its connectors load, at the versions this package knows. */
  readonly packages: readonly string[]
  /** What to do after `npm start`, in a line. */
  readonly then: string
}

/** A line of its own, so that nobody takes it for an import of this file. */
const imports = (names: string, from: string): string => `import { ${names} } from '${from}'\n`

const SETTINGS = `${imports('defineSettings', 'millrace/project')}
export const settings = defineSettings({
  // hooks: [new MyHooks()],
  // datasets: [myType],
})
`
const pipelines = (body: string, columns = 'col'): string =>
  `${imports(columns, 'millrace')}${imports('type Loaded, node, pipeline', 'millrace/project')}
${body}`

const FILES: Starter = {
  summary: 'CSV files that arrive in a directory, cleaned and counted',
  packages: [],
  then: 'Copy further CSV files into data/in/ while it runs.',
  files: {
    'conf/base/catalog.yml': `# What the data is called. "npx millrace catalog check" looks for mistakes.
rides:
  type: stream
  format: csv
  path: data/in/
  schema: station string, entries int, at timestamp
  load_args:
    header: true

busy_rides:
  type: stream
  format: parquet
  path: data/out/busy_rides/
  schema: station string, entries int, at timestamp
  save_args:
    checkpoint: data/checkpoints/busy_rides

per_station:
  type: stream
  format: console
  save_args:
    output_mode: complete
`,
    'conf/base/parameters.yml': 'least_entries: 10\n',
    'src/pipelines.ts': pipelines(`/** Rides that count: rows without a station are left out. */
export const clean = (rides: Loaded<'rides'>, leastEntries: number) =>
  rides.where(col('station').isNotNull()).where(col('entries').geq(leastEntries))

export const count = (rides: Loaded<'busy_rides'>) => rides.groupBy('station').agg({ entries: 'sum' })

export const registerPipelines = () => ({
  __default__: pipeline([
    node(clean, { inputs: ['rides', 'params:least_entries'], outputs: 'busy_rides', name: 'clean' }),
    node(count, { inputs: 'busy_rides', outputs: 'per_station', name: 'count' }),
  ]),
})
`),
    'data/in/monday.csv': `station,entries,at
Wall St,120,2026-01-26T08:00:00Z
Wall St,80,2026-01-26T09:00:00Z
Canal St,7,2026-01-26T08:00:00Z
Canal St,45,2026-01-26T09:00:00Z
`,
  },
}

const KAFKA: Starter = {
  summary: 'a Kafka topic of JSON messages, read, checked and written to Parquet files',
  packages: ['@platformatic/kafka', '@platformatic/wasm-utils'],
  then: 'It needs a broker: set BROKER where it is not localhost:9092, and make the topic with "npx millrace topics apply topics.yaml".',
  files: {
    'topics.yaml': `apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: clicks
spec:
  partitions: 3
`,
    'conf/base/catalog.yml': `clicks:
  type: stream
  format: kafka
  # credentials: cluster                  # of conf/local/credentials.yml
  load_args:
    kafka.bootstrap.servers: \${oc.env:BROKER,localhost:9092}
    subscribe: clicks
    startingOffsets: earliest

pages:
  type: stream
  format: parquet
  path: data/pages/
  save_args:
    checkpoint: data/checkpoints/pages
    trigger: 5 seconds
`,
    'conf/base/parameters.yml': '{}\n',
    'src/pipelines.ts': pipelines(
      `/** The message, as columns. */
export const read = (clicks: Loaded<'clicks'>) =>
  clicks.select(fromJson(col('value').cast('string'), 'page string, at timestamp').as('click')).select('click.*').where('page is not null')

export const registerPipelines = () => ({
  __default__: pipeline([node(read, { inputs: 'clicks', outputs: 'pages', name: 'read' })]),
})
`,
      'col, fromJson',
    ),
  },
}

const DELTA: Starter = {
  summary: 'CSV files into a Delta table, which another stream reads',
  packages: [],
  then: 'Copy further CSV files into data/in/ while it runs.',
  files: {
    'conf/base/catalog.yml': `rides:
  type: stream
  format: csv
  path: data/in/
  schema: station string, entries int, at timestamp
  load_args:
    header: true

rides_table:
  type: stream
  format: delta
  path: data/tables/rides/
  save_args:
    checkpoint: data/checkpoints/rides

shown:
  type: stream
  format: console
`,
    'conf/base/parameters.yml': '{}\n',
    'src/pipelines.ts': pipelines(`export const keep = (rides: Loaded<'rides'>) => rides.where(col('station').isNotNull())

export const registerPipelines = () => ({
  __default__: pipeline([
    node(keep, { inputs: 'rides', outputs: 'rides_table', name: 'keep' }),
    node((table: Loaded<'rides_table'>) => table.select('station', 'entries'), { inputs: 'rides_table', outputs: 'shown', name: 'show' }),
  ]),
})
`),
    'data/in/monday.csv': FILES.files['data/in/monday.csv']!,
  },
}

const EMPTY: Starter = {
  summary: 'a catalog and a pipeline to fill',
  packages: [],
  then: 'It shows one row a second; put your own data into conf/base/catalog.yml.',
  files: {
    'conf/base/catalog.yml': `ticks:
  type: stream
  format: rate
shown:
  type: stream
  format: console
`,
    'conf/base/parameters.yml': '{}\n',
    'src/pipelines.ts': pipelines(`export const registerPipelines = () => ({
  __default__: pipeline([node((ticks: Loaded<'ticks'>) => ticks.where(col('value').geq(0)), { inputs: 'ticks', outputs: 'shown', name: 'show' })]),
})
`),
  },
}

export const STARTERS: Readonly<Record<string, Starter>> = { files: FILES, kafka: KAFKA, delta: DELTA, empty: EMPTY }

/** Every file of a new project. `spec` is what package.json says about millrace itself. */
export function projectFiles(
  name: string,
  starter: Starter,
  spec: string | undefined,
  versions: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const manifest = {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'millrace run',
      plan: 'millrace plan',
      check: 'millrace catalog check --strict && millrace catalog types -o src/catalog.d.ts && tsc',
    },
    dependencies: { millrace: spec ?? `^${version()}`, ...Object.fromEntries(starter.packages.map(p => [p, versions[p] ?? '*'])) },
    devDependencies: { typescript: versions['typescript'] ?? '*', '@types/node': versions['@types/node'] ?? '*' },
  }
  const compiler = {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  }
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify({ compilerOptions: compiler, include: ['src'] }, null, 2)}\n`,
    '.gitignore': 'node_modules/\nconf/local/\n.millrace/\ndata/out/\ndata/checkpoints/\n',
    'conf/base/spark.yml': '# Settings of the session, such as\n# spark.sql.session.timeZone: Europe/Zurich\n',
    'conf/local/credentials.yml':
      '# Options that are shown nowhere, by the name that entries of the catalog give as "credentials". Stays out of version control.\n',
    'src/settings.ts': SETTINGS,
    'README.md': readme(name, starter),
    ...starter.files,
  }
}

const readme = (name: string, { summary, then }: Starter): string => `# ${name}

Streams as a project: ${summary}.

    npm install
    npm start             # until Ctrl-C; the next start goes on where this one was
    npx millrace plan     # what would run, and what happens to checkpoints
    npm run check         # mistakes in the catalog, and columns that are not there

${then}
The data is named in conf/base/catalog.yml, the nodes stand in src/pipelines.ts.
`
