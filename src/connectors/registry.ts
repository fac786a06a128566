import { MillraceError } from '../errors/index.ts'
import type { Connector } from './contract.ts'
import { registeredFormat, registeredNames } from './registered.ts'

/** Connectors by name, loaded when first asked for; besides them those that the program has registered. Names do not regard case. */
export class Registry {
  readonly #loaders = new Map<string, () => Promise<Connector>>()
  readonly #loaded = new Map<string, Promise<Connector>>()

  /** Adds a connector, or replaces the one of this name. */
  add(name: string, load: () => Promise<Connector>): this {
    this.#loaders.set(name.toLowerCase(), load)
    this.#loaded.delete(name.toLowerCase())
    return this
  }

  has(name: string): boolean {
    return this.#loaders.has(name.toLowerCase()) || registeredFormat(name.toLowerCase()) !== undefined
  }

  names(): readonly string[] {
    return [...this.#loaders.keys(), ...registeredNames()].sort()
  }

  /** Throws UNKNOWN_FORMAT, with "did you mean". */
  async find(name: string): Promise<Connector> {
    const key = name.toLowerCase()
    const loader = this.#loaders.get(key)
    const own = loader ? undefined : registeredFormat(key)
    if (own) return own
    if (!loader) throw new MillraceError('UNKNOWN_FORMAT', { format: name, known: this.names() })
    let loaded = this.#loaded.get(key)
    if (!loaded) {
      loaded = loader()
      this.#loaded.set(key, loaded)
      loaded.catch(() => this.#loaded.delete(key))
    }
    return loaded
  }
}
