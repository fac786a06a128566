import { expect, test } from 'vitest'
import { nodePlatform } from '../../src/platform/index.ts'
import { DataCatalog, typeDeclarations } from '../../src/project/catalog/index.ts'
import { ConfigLoader } from '../../src/project/conf/index.ts'
import { compile } from '../types/compile.ts'
import { makeProject } from './support.ts'

test('with the types of its catalog, a wrong column in a node does not compile', async () => {
  const root = await makeProject({
    'conf/base/catalog.yml': `rides: { type: stream, format: csv, path: rides, schema: "STATION string, ENTRIES int, the day date" }
stations: { type: table, format: parquet, path: stations, schema: { STATION: string, at: "struct<lat:double,lon:double>" } }
events: { type: stream, format: kafka, load_args: { kafka.bootstrap.servers: "x:1", subscribe: e } }
open: { type: stream, format: json, path: open }
facts: { type: json, path: facts.json }
`.replace('the day date', '`the day` date'),
  })
  const config = await ConfigLoader.open({ root, platform: nodePlatform })
  const declarations = await typeDeclarations(await DataCatalog.open({ root, platform: nodePlatform, config }))
  expect(declarations).toContain(`"rides": StreamOf<"STATION string, ENTRIES int, \`the day\` date">`)
  expect(declarations).toContain('"open": DataFrame<any, any>')
  const node = (fn: string, inputs: string): string => `import { node } from 'millrace/project'
export const n = node(${fn}, { inputs: ${inputs}, outputs: 'out' })`
  const found = compile({
    catalogTypes: declarations,
    right: node(`df => df.where('ENTRIES > 1').select('STATION', 'the day')`, `'rides'`),
    wrong: node(`df => df.select('STATOIN')`, `'rides'`),
    wrongOfTwo: node(`(a, b) => a.join(b.select('STATION', 'EXITS'), 'STATION')`, `['rides', 'stations']`),
    mapping: node(`({ left }) => left.select('ENTRYS')`, `{ left: 'rides' }`),
    kafka: node(`df => df.select('valeu')`, `'events'`),
    open: node(`df => df.select('anything')`, `'open'`),
    memory: node(`df => df.select('anything')`, `'not in the catalog'`),
    table: node(`df => df.collect()`, `'rides'`),
  })
  const wrong = Object.keys(found).filter(name => found[name]!.length > 0)
  expect(wrong).toEqual(['wrong', 'wrongOfTwo', 'mapping', 'kafka', 'table'])
  expect(found['wrong']!.join()).toMatch(/STATOIN/)
})
