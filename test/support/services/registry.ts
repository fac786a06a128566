import { randomBytes } from 'node:crypto'
import { registryService } from '../../../scripts/services/registry.ts'
import { shared } from './shared.ts'

/** The schema registry of this test run; BACKWARD compatibility by default, as at Confluent. */
export const registry = async (): Promise<{ readonly url: string }> => (await shared(registryService)).addresses

/** A subject name that no other test has. */
export const subject = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`

/** Registers a schema as a foreign client would, and gives its id. */
export async function register(
  name: string,
  schema: unknown,
  more: { readonly schemaType?: 'AVRO' | 'JSON' | 'PROTOBUF'; readonly references?: readonly SchemaReference[] } = {},
): Promise<number> {
  const { url } = await registry()
  const body = { ...more, schema: typeof schema === 'string' ? schema : JSON.stringify(schema) }
  const answer = await fetch(`${url}/subjects/${encodeURIComponent(name)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`registering ${name}: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { id: number }).id
}

/** Removes a subject with all its versions. */
export async function remove(name: string): Promise<void> {
  const { url } = await registry()
  const answer = await fetch(`${url}/subjects/${encodeURIComponent(name)}`, { method: 'DELETE' })
  if (!answer.ok) throw new Error(`removing ${name}: ${answer.status} ${await answer.text()}`)
}
export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}
