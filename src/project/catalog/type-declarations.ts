import { quoteIfNeeded, type StructType, typeName } from '../../types/index.ts'
import { describeConnector } from '../../wiring.ts'
import type { DataCatalog } from './data-catalog.ts'
import type { Entry } from './entry.ts'

/**
 * A `.d.ts` with what nodes get for each name, so that a column which is not there does not compile. Entries whose columns nobody declares are open:
 * any column goes.
 */
export async function typeDeclarations(catalog: DataCatalog, module = 'millrace/project'): Promise<string> {
  const lines: string[] = []
  for (const name of catalog.names()) {
    const { entry } = await catalog.read(name)
    lines.push(`    ${JSON.stringify(name)}: ${entry ? await typeOf(entry) : 'any'}`)
  }
  return [
    '// Written by "millrace catalog types": run it again after changes of the catalog.',
    `import type { DataFrame } from 'millrace'`,
    `import type { StreamOf, TableOf } from '${module}'`,
    '',
    `declare module '${module}' {`,
    '  interface CatalogTypes {',
    ...lines,
    '  }',
    '}',
    '',
    'export {}',
    '',
  ].join('\n')
}

async function typeOf(entry: Entry): Promise<string> {
  if (entry.kind === 'document') return entry.format === 'json' ? 'any' : 'string'
  if (entry.kind !== 'stream' && entry.kind !== 'table') return 'any'
  const schema = entry.schema ?? (await fixedSchema(entry))
  const of = entry.kind === 'stream' ? 'StreamOf' : 'TableOf'
  return schema ? `${of}<${JSON.stringify(ddl(schema))}>` : 'DataFrame<any, any>'
}

/** In the words that TypeScript reads: names in backticks where they need them, no comments. */
const ddl = ({ fields }: StructType): string => fields.map(f => `${quoteIfNeeded(f.name)} ${typeName(f.dataType)}`).join(', ')

async function fixedSchema({ format, load }: Entry): Promise<StructType | undefined> {
  try {
    return (await describeConnector(format))?.fixedSchema(load.values)
  } catch {
    return undefined
  }
}
