import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connectorOptions, connectorOptionsSource } from '../src/api/format-options.generate.ts'
import { functionsSource } from '../src/api/functions/generate.ts'
import { settingsPage } from '../src/api/settings-page.ts'
import { builtins } from '../src/connectors/builtin.ts'
import { MemoryTables } from '../src/connectors/memory/tables.ts'

/** Writes what the API takes from the tables of other rooms: `node scripts/generate-api.ts`. Tests compare. */
const root = new URL('../', import.meta.url)
const write = (path: string, text: string) => writeFileSync(new URL(path, root), text)
write('src/api/functions/generated.ts', functionsSource())
write(
  'src/api/format-options.generated.ts',
  connectorOptionsSource(await connectorOptions(builtins({ memoryTables: new MemoryTables(), print: () => {} }))),
)
write('docs/settings.md', settingsPage())
execFileSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', 'src/api'], { cwd: root, stdio: 'ignore' })
