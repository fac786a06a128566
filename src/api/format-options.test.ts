import { expect, test } from 'vitest'
import { builtins } from '../connectors/builtin.ts'
import { MemoryTables } from '../connectors/memory/tables.ts'
import { connectorOptions } from './format-options.generate.ts'
import { CONNECTOR_OPTIONS } from './format-options.generated.ts'

test('the compiler knows the options the connectors take', async () => {
  const names = await connectorOptions(builtins({ memoryTables: new MemoryTables(), print: () => {} }))
  expect(CONNECTOR_OPTIONS, 'run: node scripts/generate-api.ts').toEqual(names)
})
