import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtins } from '../src/connectors/builtin.ts'
import { MemoryTables } from '../src/connectors/memory/tables.ts'
import { connectorsPage } from './docs.ts'

test('docs/connectors.md is what the tables of options say', async () => {
  expect(readFileSync(new URL('../docs/connectors.md', import.meta.url), 'utf8')).toBe(await connectorsPage())
})

test('every option of every connector that does something has a line with an example', async () => {
  const page = await connectorsPage()
  // A family has a table of its own.
  for (const load of Object.values(builtins({ memoryTables: new MemoryTables(), print: () => {} })))
    for (const [name, { refused, withoutEffect }] of Object.entries((await load()).options))
      if (refused === undefined && withoutEffect === undefined && !name.endsWith('.*'))
        expect(page).toMatch(new RegExp(`^\\| \`${name}\` .*option\\('${name}', [^…]+\\)`, 'm'))
})
