import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { bundle } from '../scripts/build.ts'

/**
 * A program of `programs/` as a person runs it: JavaScript that imports the built package, so that Node strips no types.
 * Answers its path; it lies below the project's `node_modules`, where DuckDB is found.
 */
export async function packaged(name: string): Promise<string> {
  const directory = join(import.meta.dirname, '..', 'node_modules', '.cache', 'millrace-bench')
  rmSync(directory, { recursive: true, force: true })
  await bundle(directory)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  for (const program of [name, 'report']) {
    const source = readFileSync(join(import.meta.dirname, 'programs', `${program}.ts`), 'utf8')
    const text = stripTypeScriptTypes(source).replace("'../../src/index.ts'", "'./index.js'").replace("'./report.ts'", "'./report.js'")
    writeFileSync(join(directory, `${program}.js`), text)
  }
  return join(directory, `${name}.js`)
}
