import { isMillraceError, MillraceError } from '../../errors/index.ts'
import type { Clock } from '../../platform/index.ts'
import { type AvroSchema, avroNames, canonicalAvro, parseAvro, printAvro } from '../../types/index.ts'
import { type RegisteredText, RegistryClient } from './client.ts'
import type { RegistryAccess } from './options.ts'

/** What is known of a schema id: the schema, or why messages with it cannot be read. */
export type KnownSchema = { readonly schema: AvroSchema } | { readonly why: string }

/** A schema of a subject, complete with what it refers to. */
export interface SubjectSchema {
  readonly id: number
  readonly version: number
  readonly schema: AvroSchema
  /** As JSON text. */
  readonly text: string
}

/** How long "there is no such id" holds: it may be registered a moment later. */
const UNKNOWN_FOR_MS = 30_000

/** One registry with what it told so far. */
export class Registry {
  readonly client: RegistryClient
  readonly #clock: Clock
  readonly #byId = new Map<number, KnownSchema>()
  /** When ids that are not there may be asked for again. */
  readonly #askAgain = new Map<number, number>()
  readonly #asking = new Map<number, Promise<void>>()

  constructor(access: RegistryAccess, clock: Clock) {
    this.client = new RegistryClient(access, clock)
    this.#clock = clock
  }

  /** What is known of an id without asking; undefined = `lookUp` has to ask. */
  known(id: number): KnownSchema | undefined {
    const until = this.#askAgain.get(id)
    if (until !== undefined && this.#clock.ticks() > until) {
      this.#askAgain.delete(id)
      this.#byId.delete(id)
    }
    return this.#byId.get(id)
  }

  /** Asks for schemas by id. @throws SCHEMA_REGISTRY_UNREACHABLE, SCHEMA_REGISTRY_LOGIN, SCHEMA_REGISTRY_REFUSED */
  async lookUp(ids: Iterable<number>): Promise<void> {
    await Promise.all(
      [...ids].map(id => {
        const asking = this.#asking.get(id) ?? this.#ask(id).finally(() => this.#asking.delete(id))
        this.#asking.set(id, asking)
        return asking
      }),
    )
  }

  async #ask(id: number): Promise<void> {
    const found = await this.client.byId(id)
    if (!found) this.#askAgain.set(id, this.#clock.ticks() + UNKNOWN_FOR_MS)
    this.#byId.set(id, found ? await this.#readable(found) : { why: `the registry has no schema with the id ${id}` })
  }

  async #readable(found: RegisteredText): Promise<KnownSchema> {
    try {
      return { schema: await this.#schema(found) }
    } catch (error) {
      if (isMillraceError(error) && error.domain === 'user')
        return { why: `the schema with the id ${found.id}: ${error.message.split('\n')[0]}` }
      throw error
    }
  }

  /** Reads a schema and those it refers to, each once. */
  async #schema(found: RegisteredText, within: readonly string[] = []): Promise<AvroSchema> {
    return parseAvro(found.schema, await this.#names(found, within))
  }

  async #names(found: RegisteredText, within: readonly string[]): Promise<ReadonlyMap<string, AvroSchema>> {
    if (found.schemaType !== 'AVRO') throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `it is of type ${found.schemaType}` })
    let known: ReadonlyMap<string, AvroSchema> = new Map()
    for (const { subject, version, name } of found.references) {
      const key = `${subject} ${version}`
      if (within.includes(key)) throw new MillraceError('INVALID_AVRO_SCHEMA', { why: `references go in a circle at "${subject}"` })
      const referred = await this.client.version(subject, version)
      if (!referred)
        throw new MillraceError('INVALID_AVRO_SCHEMA', {
          why: `it refers to version ${version} of "${subject}" for "${name}", which is not there`,
        })
      const names = await this.#names(referred, [...within, key])
      const all = new Map([...known, ...names])
      // Types that two references share are read once.
      for (const [n, s] of avroNames(referred.schema, names)) if (!all.has(n)) all.set(n, s)
      known = all
    }
    return known
  }

  /** The schema of a subject, complete with what it refers to. @throws SUBJECT_NOT_FOUND, INVALID_AVRO_SCHEMA */
  async subject(subject: string, version: number | 'latest'): Promise<SubjectSchema> {
    const found = await this.client.version(subject, version)
    if (!found) throw new MillraceError('SUBJECT_NOT_FOUND', { subject, version: String(version), url: this.client.shownUrl })
    const schema = await this.#schema(found)
    this.learn(found.id, schema)
    return { id: found.id, version: found.version, schema, text: printAvro(schema) }
  }

  /** What an id stands for, from elsewhere. */
  learn(id: number, schema: AvroSchema): void {
    this.#byId.set(id, { schema })
  }

  /** Registers a schema where it is compatible with what is there. @throws SCHEMA_NOT_COMPATIBLE */
  async register(subject: string, schema: AvroSchema): Promise<number> {
    const latest = await this.client.version(subject, 'latest')
    if (latest && canonicalAvro(await this.#schema(latest)) === canonicalAvro(schema)) return latest.id
    const text = printAvro(schema)
    if (latest) {
      const reasons = await this.client.incompatibility(subject, text)
      if (reasons.length > 0) throw new MillraceError('SCHEMA_NOT_COMPATIBLE', { subject, why: reasons.join('; ') })
    }
    return this.client.register(subject, text)
  }
}
