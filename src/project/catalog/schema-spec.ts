import { isAbsolute, join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import { type StructType, schema } from '../../types/index.ts'
import { type ConfNode, type ConfValue, plainOf } from '../conf/index.ts'

/**
 * The columns an entry declares: DDL, a mapping of names to types, Spark's JSON form, or `{ filepath: … }` of a file with DDL or Spark's JSON in it.
 * @throws what the schema's text is refused for; PROJECT_FILE where the file is not there
 */
export async function schemaOf(node: ConfNode, root: string, platform: Platform): Promise<StructType> {
  const value = plainOf(node)
  if (typeof value === 'string') return /\.(json|ddl|sql|txt)$/i.test(value.trim()) ? fromFile(value.trim(), root, platform) : schema(value)
  if (!isMapping(value)) throw wrong(value)
  if (typeof value['filepath'] === 'string') return fromFile(value['filepath'], root, platform)
  if (value['type'] === 'struct' && Array.isArray(value['fields'])) return schema(JSON.stringify(value))
  const names = Object.entries(value)
  if (names.length === 0 || !names.every(([, type]) => typeof type === 'string')) throw wrong(value)
  return schema(names.map(([name, type]) => `\`${name.replaceAll('`', '``')}\` ${type as string}`).join(', '))
}

const isMapping = (value: ConfValue): value is { readonly [key: string]: ConfValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (value: ConfValue): MillraceError =>
  new MillraceError('INVALID_ARGUMENT', {
    name: 'schema',
    value,
    expected: '"a int, b string", a mapping of names to types, or { filepath: … }',
  })

async function fromFile(path: string, root: string, platform: Platform): Promise<StructType> {
  const file = isAbsolute(path) ? path : join(root, path)
  const bytes = await platform.files.read(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'is not there' : `cannot be read: ${error.message}`
    throw new MillraceError('PROJECT_FILE', {
      file: path,
      why,
      instead: 'Write the columns into it as DDL ("a int, b string") or as Spark prints them (schema.json()).',
    })
  })
  return schema(new TextDecoder().decode(bytes).trim())
}
