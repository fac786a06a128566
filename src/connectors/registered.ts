import { MillraceError } from '../errors/index.ts'
import { type Schema, type StructType, structType, schema as toSchema } from '../types/index.ts'
import { builtins } from './builtin.ts'
import type {
  Connector,
  ConnectorContext,
  OptionTable,
  Output,
  SaveContext,
  Scan,
  Sink,
  SinkContext,
  Source,
  SourceContext,
} from './contract.ts'
import { type OptionUse, type OptionValues, readOptions, warnOfIdle } from './options.ts'

/** A context as a format of one's own sees it: options read by its table, typed and with defaults. */
export type FormatContext<T extends OptionTable, C extends ConnectorContext = ConnectorContext> = Omit<C, 'options'> & {
  readonly options: OptionValues<T>
}
/** Columns: a schema, DDL (`'id int, at timestamp'`), or a struct type. */
export type Columns = string | Schema<any> | StructType

type Flags = Pick<
  Connector,
  'checkColumns' | 'outputModes' | 'delivers' | 'rowsThere' | 'replayable' | 'gaps' | 'temporaryCheckpoint' | 'families'
>

/** A format of one's own: its options, its columns and its ends. At least one end must be there. */
export interface FormatDefinition<T extends OptionTable> extends Flags {
  /** One sentence, for people. */
  readonly summary?: string
  /** Every option there is; others are refused. Values arrive typed. */
  readonly options: T
  /** The columns where they need no I/O: always the same, or a function of the options. Without it and `inferSchema` a reader must call `.schema()`. */
  readonly schema?: Columns | ((context: { readonly options: OptionValues<T> }) => Columns)
  /** The columns where they must be looked up; used when `.schema()` is not given. */
  readonly inferSchema?: (context: FormatContext<T>) => Promise<Columns>
  /** `readStream`. `context.log` is a place in the checkpoint for what a restart needs. */
  readonly source?: (context: FormatContext<T, SourceContext>) => Source | Promise<Source>
  /** `read`: what is there now. */
  readonly scan?: (context: FormatContext<T>) => Scan | Promise<Scan>
  /** `writeStream`. */
  readonly sink?: (context: FormatContext<T, SinkContext>) => Sink | Promise<Sink>
  /** `write`: whole or not at all. */
  readonly save?: (context: FormatContext<T, SaveContext>, output: Output) => Promise<void>
}

const formats = new Map<string, Connector>()
const BUILT_IN: ReadonlySet<string> = new Set([
  ...Object.keys(builtins({ memoryTables: undefined as never, print: () => {} })),
  'foreach',
  'foreachbatch',
])

/** The format of one's own of this name (in lower case). */
export const registeredFormat = (name: string): Connector | undefined => formats.get(name)
export const registeredNames = (): readonly string[] => [...formats.keys()]

const NAME = /^[a-z][a-z0-9._-]*$/i

/**
 * Makes a format of one's own known in this process, under a name that `read`, `readStream`, `write` and `writeStream` take from then on as they take the
 * built-in ones: options are checked by the table, `explain` says what is promised, dead letters and progress work. Names do not regard case.
 * `docs/formats.md` shows a whole one; `sourceContract` and `sinkContract` of `millrace/testing` try what it promises.
 *
 * @returns how to take it back
 * @throws FORMAT_EXISTS for a name that is taken, FORMAT_DEFINITION for a definition that cannot work
 * @example
 * const forget = registerFormat('letters', {
 *   options: { count: { type: 'integer', describe: 'How many letters.', side: 'source', default: '3', min: 1 } },
 *   schema: 'letter string',
 *   scan: ({ options, schema }) => {
 *     const rows = Array.from({ length: options.count }, (_, i) => ({ letter: String.fromCharCode(97 + i) }))
 *     return { kind: 'batches', schema: schema!, batches: [batchFromRows(schema!, rows)] }
 *   },
 * })
 * await session.read.format('letters').option('count', 2).load().show()
 * forget()
 */
export function registerFormat<const T extends OptionTable>(name: string, definition: FormatDefinition<T>): () => void {
  const key = name.toLowerCase()
  if (!NAME.test(name)) throw problem(name, 'a name begins with a letter and has letters, digits, dots, dashes and underscores')
  if (BUILT_IN.has(key) || formats.has(key)) throw new MillraceError('FORMAT_EXISTS', { format: name, builtIn: BUILT_IN.has(key) })
  const connector = connectorOf(name, definition)
  formats.set(key, connector)
  return () => {
    if (formats.get(key) === connector) formats.delete(key)
  }
}

const problem = (format: string, text: string): MillraceError => new MillraceError('FORMAT_DEFINITION', { format, problem: text })
const ENDS = ['source', 'scan', 'sink', 'save'] as const

function checkDefinition<T extends OptionTable>(name: string, definition: FormatDefinition<T>): void {
  if (typeof definition !== 'object' || definition === null) throw problem(name, 'it must be an object')
  const { options } = definition
  if (!ENDS.some(end => typeof definition[end] === 'function')) throw problem(name, `it has none of ${ENDS.join(', ')}`)
  if (typeof options !== 'object' || options === null) throw problem(name, 'it has no table of options; {} = none')
  for (const [option, spec] of Object.entries(options)) {
    if (!['source', 'sink', 'both'].includes(spec.side)) throw problem(name, `option "${option}" must say its side: source, sink or both`)
    if (!['string', 'boolean', 'integer', 'enum', 'interval', 'json'].includes(spec.type)) {
      throw problem(name, `option "${option}" must have a type: string, boolean, integer, enum, interval or json`)
    }
    if (spec.type === 'enum' && !spec.values?.length) throw problem(name, `option "${option}" is an enum without values`)
  }
}

const columns = (given: Columns): StructType => structType(toSchema(given as string).fields)

function connectorOf<T extends OptionTable>(name: string, definition: FormatDefinition<T>): Connector {
  checkDefinition(name, definition)
  const {
    summary = `The format ${name}, registered by this program.`,
    options: table,
    schema,
    inferSchema,
    source,
    scan,
    sink,
    save,
    ...flags
  } = definition
  const reading = <C extends Pick<ConnectorContext, 'options'>>(context: C, use: Pick<OptionUse, 'side' | 'mode'>) => {
    if ('warn' in context) warnOfIdle(table, context as never)
    return { ...context, options: readOptions(table, context.options, { format: name, ...use }) }
  }
  const inOf = (context: { readonly streaming?: boolean }) => ({ side: 'source', mode: context.streaming ? 'stream' : 'batch' }) as const
  const connector: Connector = {
    name,
    summary,
    options: table,
    ...flags,
    fixedSchema: context => {
      const read = reading(context, inOf(context))
      if (schema === undefined) return context.schema
      if (context.schema) throw new MillraceError('SCHEMA_NOT_GIVEN', { format: name })
      return columns(typeof schema === 'function' ? schema(read) : schema)
    },
    schema: async context => {
      if (context.schema) return context.schema
      if (!inferSchema) throw new MillraceError('FORMAT_NEEDS_SCHEMA', { format: name })
      return columns(await inferSchema(reading(context, inOf(context))))
    },
    ...(source && { source: async context => source(reading(context, { side: 'source', mode: 'stream' })) }),
    ...(scan && { scan: async context => scan(reading(context, { side: 'source', mode: 'batch' })) }),
    ...(sink && { sink: async context => sink(reading(context, { side: 'sink', mode: 'stream' })) }),
    ...(save && { save: async (context, output) => save(reading(context, { side: 'sink', mode: 'batch' }), output) }),
  }
  return Object.freeze(connector)
}
