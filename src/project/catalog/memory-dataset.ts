import { MillraceError } from '../../errors/index.ts'
import type { Dataset } from './dataset.ts'

/** What a node hands to another without keeping it: a frame travels as its plan, so that nodes up to a sink are one query. */
export class MemoryDataset implements Dataset {
  readonly kind = 'memory'
  readonly name: string
  #held: { readonly data: unknown } | undefined

  constructor(name: string) {
    this.name = name
  }

  async load(): Promise<unknown> {
    if (this.#held) return this.#held.data
    throw new MillraceError('DATASET_CANNOT', {
      name: this.name,
      what: 'loaded',
      why: 'it is kept in memory alone, and no node of this run has written it',
      instead: 'Run the node that writes it too, or give it an entry in the catalog.',
    })
  }
  async save(data: unknown): Promise<undefined> {
    this.#held = { data }
    return undefined
  }
  async exists(): Promise<boolean> {
    return this.#held !== undefined
  }
  async describe(): Promise<Readonly<Record<string, unknown>>> {
    return { type: 'memory' }
  }
}
