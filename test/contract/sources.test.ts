import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { builtins } from '../../src/connectors/builtin.ts'
import type { FilesScan, Scan, Source, SourceContext } from '../../src/connectors/contract.ts'
import { MemoryStream, MemoryTables } from '../../src/connectors/memory/index.ts'
import { Session } from '../../src/index.ts'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import { type SourceTenant, sourceContract } from '../../src/testing/index.ts'
import { batchFromRows, parseDdl } from '../../src/types/index.ts'
import { connectorContext, filesBelow, noEngine, places } from './place.ts'

const fresh = places()
const schema = parseDdl('n int, s string')
const connectors = builtins({ memoryTables: new MemoryTables(), print: () => {} })
let session: Session
beforeAll(async () => {
  session = await Session.open()
})
afterAll(() => session.close())

async function openSource(format: string, place: string, over: Partial<SourceContext>): Promise<Source> {
  const platform = over.platform ?? nodePlatform
  const connector = await connectors[format]!()
  return connector.source!({
    ...connectorContext(over),
    log: { store: localStore(join(place, 'checkpoint'), platform), path: 'sources/0', millracePath: 'millrace/sources/0' },
    sourceIndex: 0,
    ...over,
  })
}

/** What a scan of files holds, as a batch read of the same files shows it. */
async function rowsOfFiles(scan: Scan): Promise<readonly object[]> {
  const { format, options, files, schema: columns } = scan as FilesScan
  const base = (path: string) => path.replace(/\/in\/.*/, '/in')
  const reader = Object.entries(options).reduce((r, [k, v]) => r.option(k as never, v), session.read.format(format).schema(columns))
  const rows: object[] = []
  for (const file of files)
    rows.push(
      ...((await reader
        .option('basePath' as never, base(file.path))
        .load(file.path)
        .collect()) as object[]),
    )
  return rows
}

interface FileCase {
  readonly name: string
  readonly format: 'csv' | 'json' | 'text' | 'parquet'
  readonly options?: Readonly<Record<string, string>>
  /** The file of number `n`, put at the path whole. */
  put(n: number, directory: string): Promise<void> | void
}

const put = (directory: string, name: string, bytes: string | Uint8Array): void => {
  writeFileSync(join(directory, `${name}.tmp`), bytes)
  renameSync(join(directory, `${name}.tmp`), join(directory, name))
}
async function putParquet(n: number, directory: string): Promise<void> {
  const made = join(fresh(), 'made')
  await session
    .createDataFrame(
      [
        { n, s: 'a' },
        { n, s: null },
      ],
      schema,
    )
    .write.parquet(made)
  copyFileSync(join(made, filesBelow(made)[0]!), join(made, '.whole'))
  renameSync(join(made, '.whole'), join(directory, `${n}.parquet`))
}

const FILES: readonly FileCase[] = [
  { name: 'text', format: 'text', put: (n, d) => put(d, `${n}.txt`, `line ${n}\nlast without an end`) },
  { name: 'csv', format: 'csv', put: (n, d) => put(d, `${n}.csv`, `${n},a\n${n},\n`) },
  {
    name: 'csv with a header, gzip',
    format: 'csv',
    options: { header: 'true' },
    put: (n, d) => put(d, `${n}.csv.gz`, gzipSync(`n,s\n${n},a\n`)),
  },
  { name: 'json', format: 'json', put: (n, d) => put(d, `${n}.json`, `{"n":${n},"s":"a"}\nbroken\n`) },
  {
    name: 'json, one file a batch',
    format: 'json',
    options: { maxFilesPerTrigger: '1' },
    put: (n, d) => put(d, `${n}.json`, `{"n":${n}}\n`),
  },
  { name: 'parquet', format: 'parquet', put: putParquet },
  {
    name: 'csv below partition directories',
    format: 'csv',
    put: (n, d) => {
      mkdirSync(join(d, `s=part ${n % 2}`), { recursive: true })
      put(join(d, `s=part ${n % 2}`), `${n}.csv`, `${n}\n`)
    },
  },
]

const fileTenant = ({ name, format, options = {}, put: putFile }: FileCase): SourceTenant => ({
  name,
  rows: rowsOfFiles,
  open: async () => {
    const place = fresh()
    const input = join(place, 'in')
    mkdirSync(input)
    let n = 0
    if (name.includes('partition')) await putFile(n++, input)
    const open = () => openSource(format, place, { options, paths: [input], ...(format !== 'text' && { schema }) })
    return { source: await open(), again: open, arrive: async () => putFile(n++, input) }
  },
})

const memory: SourceTenant = {
  name: 'memory',
  open: async () => {
    const stream = new MemoryStream(schema)
    let n = 0
    const open = () => openSource('memory', fresh(), { options: { id: stream.id } })
    return { source: await open(), again: open, arrive: async () => void stream.addBatch(batchFromRows(schema, [{ n: n++, s: 'a' }])) }
  },
}

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

const socket: SourceTenant = {
  name: 'socket',
  open: async () => {
    let client: Socket | undefined
    let lines = 0
    const server = createServer(c => {
      client = c.on('error', () => {})
    })
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    closers.push(() => server.close())
    // The source asks for the time of each line it takes.
    let taken = () => {}
    const now = (): number => {
      taken()
      return nodePlatform.clock.now()
    }
    const platform: Platform = { ...nodePlatform, clock: { ...nodePlatform.clock, now } }
    const port = String((server.address() as { port: number }).port)
    const place = fresh()
    const open = () => openSource('socket', place, { options: { host: '127.0.0.1', port }, platform })
    const arrive = () =>
      new Promise<void>(there => {
        taken = there
        const write = () => (client?.writable ? client.write(`line ${lines++}\n`) : setImmediate(write))
        setImmediate(write)
      })
    return { source: await open(), again: open, arrive }
  },
}

/** A version an arrival; the log alone is read, so no engine is needed. */
const delta: SourceTenant = {
  name: 'delta',
  rows: rowsOfFiles,
  open: async () => {
    const place = fresh()
    const table = join(place, 'in')
    let n = 0
    const arrive = () =>
      session
        .createDataFrame([{ n: n++, s: 'a' }], schema)
        .write.format('delta')
        .mode('append')
        .save(table)
    await arrive()
    const open = () => openSource('delta', place, { paths: [table], compute: noEngine })
    return { source: await open(), again: open, arrive }
  },
}

const tenants: readonly SourceTenant[] = [...FILES.map(fileTenant), memory, socket, delta]

for (const tenant of tenants)
  describe(tenant.name, () => {
    for (const promise of sourceContract(tenant)) test.skipIf(promise.skip)(promise.name, promise.run)
  })
