import type { Clock } from '../../platform/index.ts'
import { type AvroSchema, canonicalAvro, parseAvro, printAvro } from '../../types/index.ts'
import type { FormatOptions } from '../record-mode.ts'
import { type RegistryOptions, registryOptions } from './options.ts'
import { Registry, type SubjectSchema } from './registry.ts'

/** A subject's schema as a checkpoint keeps it. */
export interface PinnedSubject {
  /** Where the registry was. */
  readonly registry: string
  readonly subject: string
  /** What the program asks for: a version, the latest, or the one its own type gives. */
  readonly asked: number | 'latest' | 'own'
  /** The version that was; 0 = not known. */
  readonly version: number
  readonly id: number
  /** JSON text, complete with what it refers to. */
  readonly schema: string
}

/** What one call of from_avro or to_avro asks a registry for. */
export interface Asked {
  readonly registry: Registry
  readonly options: RegistryOptions
  /** The subject's schema as far as it is known; undefined = `subject` has to ask. */
  readonly known: () => SubjectSchema | undefined
  /** @throws SUBJECT_NOT_FOUND, INVALID_AVRO_SCHEMA, SCHEMA_REGISTRY_UNREACHABLE, SCHEMA_REGISTRY_LOGIN, SCHEMA_REGISTRY_REFUSED */
  readonly subject: () => Promise<SubjectSchema>
  /** The id of a schema of one's own, registered where it is compatible. @throws SCHEMA_NOT_COMPATIBLE and as `subject` */
  readonly registered: (schema: AvroSchema) => Promise<number>
}

interface Use {
  readonly asked: PinnedSubject['asked']
  readonly options: RegistryOptions
  readonly registry: Registry
  readonly found: SubjectSchema
  readonly pinned: boolean
}
/** A subject that a query goes on with as its checkpoint has it. */
export interface PinnedUse extends Pick<Use, 'options' | 'registry' | 'found'> {}

/**
 * The registries of a session, one for each address and login, with the subjects they were asked for: those are kept as they were then. A query has a
 * view of its own (`forQuery`), which begins with what its checkpoint keeps.
 */
export class Registries {
  readonly #clock: Clock
  readonly #open: Map<string, Registry>
  readonly #pins: readonly PinnedSubject[]
  readonly #used = new Map<string, Use>()

  constructor(clock: Clock, open = new Map<string, Registry>(), pins: readonly PinnedSubject[] = []) {
    this.#clock = clock
    this.#open = open
    this.#pins = pins
  }

  /** The same registries for a query: subjects are those of `pins`, unless the call says otherwise, or are asked for anew. */
  forQuery(pins: readonly PinnedSubject[]): Registries {
    return new Registries(this.#clock, this.#open, pins)
  }

  /** What options of from_avro or to_avro ask for. Keys in lower case. @throws as `registryOptions` */
  of(given: FormatOptions): Asked {
    const options = registryOptions(given)
    const at = JSON.stringify([options.urls, options.authorization, options.timeoutMs, options.retries])
    const registry = this.#open.get(at) ?? new Registry(options, this.#clock)
    this.#open.set(at, registry)
    const use = (asked: PinnedSubject['asked'], found: SubjectSchema, pinned: boolean): SubjectSchema => {
      this.#used.set(`${at} ${options.subject} ${asked}`, { asked, options, registry, found, pinned })
      return found
    }
    const pinned = (asked: PinnedSubject['asked']): SubjectSchema | undefined => {
      const pin = this.#pinned(options, asked)
      if (!pin) return undefined
      registry.learn(pin.id, pin.schema)
      return use(asked, pin, true)
    }
    const { subject, version } = options
    return {
      registry,
      options,
      known: () => this.#used.get(`${at} ${subject} ${version}`)?.found ?? pinned(version),
      subject: async () => pinned(version) ?? use(version, await registry.subject(subject, version), false),
      registered: async schema => {
        const before = pinned('own')
        if (before && canonicalAvro(before.schema) === canonicalAvro(schema)) return before.id
        return use('own', { id: await registry.register(subject, schema), version: 0, schema, text: printAvro(schema) }, false).id
      },
    }
  }

  #pinned(options: RegistryOptions, asked: PinnedSubject['asked']): SubjectSchema | undefined {
    if (options.evolution === 'latest' && asked === 'latest') return undefined
    const pins = this.#pins.filter(pin => pin.subject === options.subject && pin.asked === asked)
    // A registry may have moved.
    const pin = pins.find(p => p.registry === options.urls.join(',')) ?? (pins.length === 1 ? pins[0] : undefined)
    return pin && { id: pin.id, version: pin.version, schema: parseAvro(pin.schema), text: pin.schema }
  }

  /** What a checkpoint is to keep of the subjects that were asked for. */
  get pins(): readonly PinnedSubject[] {
    const pins = [...this.#used.values()].map(({ asked, options, found }) => ({
      registry: options.urls.join(','),
      subject: options.subject,
      asked,
      version: found.version,
      id: found.id,
      schema: found.text,
    }))
    return pins.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }

  /** Subjects whose latest version was asked for and which are taken as the checkpoint has them. */
  get pinnedLatest(): readonly PinnedUse[] {
    return [...this.#used.values()].filter(use => use.pinned && use.asked === 'latest')
  }
}
