import { MillraceError } from '../../../errors/index.ts'
import type { StructType } from '../../../types/index.ts'
import type { Action, AddFile, DomainMetadata, Metadata, Protocol, RemoveFile, Txn } from './actions.ts'
import { fileKey } from './actions.ts'
import { canonical, fileLocation } from './file-path.ts'
import { type MappingMode, mappingMode, schemaOfMetadata } from './schema.ts'

const keyOf = (file: Pick<AddFile, 'path' | 'deletionVector'>): string =>
  fileKey('absolute' in fileLocation(file.path) ? { ...file, path: canonical(file.path) } : file)

/**
 * A table at one version: what is left when the log is read from the front. Changed only by `apply`, version after version; whoever needs it to
 * stay takes a `copy`.
 */
export class TableState {
  readonly path: string
  version: number
  /** Of the newest version, epoch milliseconds; 0 where only a checkpoint was read. */
  timestamp = 0
  readonly files = new Map<string, AddFile>()
  /** Files that were taken out: vacuum keeps them until they are old enough. */
  readonly tombstones = new Map<string, RemoveFile>()
  readonly txns = new Map<string, Txn>()
  readonly domains = new Map<string, DomainMetadata>()
  #protocol: Protocol | undefined
  #metadata: Metadata | undefined
  #schema: { readonly of: Metadata; readonly schema: StructType } | undefined

  constructor(path: string, version = -1) {
    this.path = path
    this.version = version
  }

  /** @throws DELTA_LOG_BROKEN where the log names none */
  get protocol(): Protocol {
    return this.#protocol ?? this.#lacks('protocol')
  }
  /** @throws DELTA_LOG_BROKEN where the log names none */
  get metadata(): Metadata {
    return this.#metadata ?? this.#lacks('metaData')
  }
  /** As the log has it, ids of mapped columns included. */
  get schema(): StructType {
    const of = this.metadata
    if (this.#schema?.of !== of) {
      if (typeof of.schemaString !== 'string') this.#lacks('metaData.schemaString')
      this.#schema = { of, schema: schemaOfMetadata(of) }
    }
    return this.#schema.schema
  }
  get mode(): MappingMode {
    return mappingMode(this.metadata)
  }
  /** A table property, with or without the default. */
  property(name: string, otherwise?: string): string | undefined {
    return this.metadata.configuration?.[name] ?? otherwise
  }

  /** The actions of the next version; those of a checkpoint keep the version. */
  apply(actions: readonly Action[], version = this.version, timestamp = this.timestamp): void {
    this.version = version
    this.timestamp = timestamp
    for (const action of actions) this.#take(action)
  }

  #take({ add, remove, protocol, metaData, txn, domainMetadata }: Action): void {
    if (add) {
      const key = keyOf(add)
      this.tombstones.delete(key)
      this.files.set(key, add)
    } else if (remove) {
      const key = keyOf(remove)
      this.files.delete(key)
      this.tombstones.set(key, remove)
    } else if (protocol) this.#protocol = protocol
    else if (metaData) this.#metadata = metaData
    else if (txn) this.txns.set(txn.appId, txn)
    else if (domainMetadata?.removed) this.domains.delete(domainMetadata.domain)
    else if (domainMetadata) this.domains.set(domainMetadata.domain, domainMetadata)
  }

  copy(): TableState {
    const other = new TableState(this.path, this.version)
    other.timestamp = this.timestamp
    for (const name of ['files', 'tombstones', 'txns', 'domains'] as const)
      for (const [key, value] of this[name]) (other[name] as Map<string, unknown>).set(key, value)
    other.#protocol = this.#protocol
    other.#metadata = this.#metadata
    other.#schema = this.#schema
    return other
  }

  #lacks(what: string): never {
    throw new MillraceError('DELTA_LOG_BROKEN', { path: this.path, why: `up to version ${this.version} it has no ${what}` })
  }
}
