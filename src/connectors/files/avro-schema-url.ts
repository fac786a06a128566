import { MillraceError } from '../../errors/index.ts'
import type { ConnectorContext } from '../contract.ts'

const optionOf = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(options).find(([key]) => key.toLowerCase() === name)?.[1]

/** The context with the text of `avroSchemaUrl` as `avroSchema`, which wins where both are given. @throws FILE_NOT_READABLE */
export async function withSchemaText<C extends ConnectorContext>(context: C): Promise<C> {
  const url = optionOf(context.options, 'avroschemaurl')
  if (url === undefined || optionOf(context.options, 'avroschema') !== undefined) return context
  const at = url.lastIndexOf('/')
  const store = await context.store(at < 0 ? '.' : url.slice(0, at) || '/')
  const bytes = await store.read(url.slice(at + 1))
  if (!bytes) throw new MillraceError('PATH_NOT_FOUND', { path: url })
  return { ...context, options: { ...context.options, avroSchema: new TextDecoder().decode(bytes) } }
}
