import type { Session, StreamingQuery } from '../../api/index.ts'
import { MillraceError } from '../../errors/index.ts'
import { type OptionSpec, type OptionTable, type OptionValues, readOptionTable } from '../../wiring.ts'
import { type ConfMap, plainOf } from '../conf/index.ts'
import type { DataContext, Dataset } from './dataset.ts'
import type { Entry } from './entry.ts'

/** One option of a type of one's own: as in the connectors' tables, without a side. */
export type DatasetOption = Omit<OptionSpec, 'side' | 'mode'>
export type DatasetOptions = Readonly<Record<string, DatasetOption>>

/** What the functions of a type are called with. */
export interface DatasetCall<O extends DatasetOptions = DatasetOptions> {
  /** The name of the data set in the catalog. */
  readonly name: string
  /** Its options, typed and with defaults. */
  readonly options: OptionValues<{ [K in keyof O]: O[K] & { readonly side: 'both' } }>
  /** The session; opened when it is first asked for. */
  readonly session: () => Promise<Session>
  /** The id of the run: name what is written by it, and a repetition leaves one copy. */
  readonly runId: string
}

export interface DatasetDefinition<O extends DatasetOptions = DatasetOptions> {
  /** The name that stands behind `type:` in the catalog. */
  readonly type: string
  readonly options: O
  readonly load?: (call: DatasetCall<O>) => unknown
  /** May return a started query, which then belongs to the run. */
  readonly save?: (data: any, call: DatasetCall<O>) => unknown
  readonly exists?: (call: Omit<DatasetCall<O>, 'session'>) => boolean | Promise<boolean>
  /** Further facts for `millrace catalog describe`. */
  readonly describe?: (call: Omit<DatasetCall<O>, 'session' | 'runId'>) => Readonly<Record<string, unknown>>
}

/**
 * A type of data set of one's own, to be named in `settings.ts` (`datasets`) and used as `type:` in the catalog.
 *
 * @example
 * export const sensorFeed = defineDataset({
 *   type: 'acme.SensorFeed',
 *   options: { url: { type: 'string', describe: 'Where the sensors answer.', required: true }, every: { type: 'interval', describe: 'How often.', default: '10s' } },
 *   load: async ({ options, session }) => (await session()).readStream.format('rate').options({ rowsPerSecond: 1 }).load(),
 * })
 */
export function defineDataset<const O extends DatasetOptions>(definition: DatasetDefinition<O>): DatasetDefinition<O> {
  const known = ['type', 'options', 'load', 'save', 'exists', 'describe']
  const unknown = Object.keys(definition).find(key => !known.includes(key))
  if (unknown !== undefined)
    throw new MillraceError('INVALID_ARGUMENT', { name: 'defineDataset', value: unknown, expected: known.join(', ') })
  if (typeof definition.type !== 'string' || definition.type.trim() === '')
    throw new MillraceError('INVALID_ARGUMENT', { name: 'type', value: definition.type, expected: 'the name that stands behind "type:"' })
  if (!definition.load && !definition.save)
    throw new MillraceError('INVALID_ARGUMENT', { name: definition.type, value: undefined, expected: 'a load or a save function' })
  return Object.freeze({ ...definition })
}

/** Fields of an entry that are not options of its type. */
const OUTSIDE = new Set(['type', 'metadata', 'layer', 'credentials'])

/** The options of an entry as texts, with what credentials add. */
export function customOptions(fields: ConfMap, credentials: ConfMap | undefined): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {}
  for (const [name, { node }] of [...fields.entries, ...(credentials?.entries ?? [])]) {
    const value = plainOf(node)
    if (OUTSIDE.has(name) || value === null) continue
    flat[name] = typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return flat
}

export const optionTable = (options: DatasetOptions): OptionTable =>
  Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, { ...spec, side: 'both' as const }]))

/** A data set of a type of one's own. */
export class CustomDataset implements Dataset {
  readonly kind = 'custom'
  readonly entry: Entry
  readonly #definition: DatasetDefinition
  readonly #given: Readonly<Record<string, string>>

  constructor(entry: Entry, definition: DatasetDefinition, given: Readonly<Record<string, string>>) {
    this.entry = entry
    this.#definition = definition
    this.#given = given
  }
  get name(): string {
    return this.entry.name
  }

  async load(context: DataContext): Promise<unknown> {
    const { load } = this.#definition
    if (!load) throw this.#cannot('loaded', 'load')
    return load(await this.#call(context))
  }

  async save(data: unknown, context: DataContext): Promise<StreamingQuery | undefined> {
    const { save } = this.#definition
    if (!save) throw this.#cannot('written', 'save')
    const answer = await save(data, await this.#call(context))
    return isQuery(answer) ? answer : undefined
  }

  async exists(context: DataContext): Promise<boolean | undefined> {
    const { exists } = this.#definition
    return exists ? exists(await this.#call(context)) : undefined
  }

  async describe(): Promise<Readonly<Record<string, unknown>>> {
    const { shown, values } = await readOptionTable(optionTable(this.#definition.options), this.#given, this.#use())
    const more = this.#definition.describe?.({ name: this.name, options: values as never })
    const secret = (name: string): boolean => this.entry.secrets.has(name.toLowerCase())
    const options = Object.entries(shown).map(([name, value]) => [name, secret(name) ? '*********(redacted)' : value])
    return { type: this.entry.type, ...Object.fromEntries(options), ...more }
  }

  async #call({ session, runId }: DataContext): Promise<DatasetCall> {
    const { values } = await readOptionTable(optionTable(this.#definition.options), this.#given, this.#use())
    return { name: this.name, options: values as never, session, runId }
  }
  #use() {
    return { format: this.entry.type, side: 'source', mode: 'stream' } as const
  }
  #cannot(what: string, method: string): MillraceError {
    return new MillraceError('DATASET_CANNOT', {
      name: this.name,
      what,
      why: `the type "${this.entry.type}" has no function "${method}"`,
      instead: `Give defineDataset a "${method}".`,
    })
  }
}

const isQuery = (answer: unknown): answer is StreamingQuery =>
  typeof answer === 'object' && answer !== null && 'awaitTermination' in answer && 'runId' in answer
