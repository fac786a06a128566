import { isMillraceError } from '../../errors/index.ts'
import { describeConnector } from '../../wiring.ts'
import { isFiles, needsColumns } from './columns.ts'
import type { DataCatalog } from './data-catalog.ts'
import type { Entry } from './entry.ts'
import { factOf, type Problem } from './problem.ts'

/** Who reads and who writes the data sets of the project's pipelines, by name. */
export interface Uses {
  readonly readers: ReadonlyMap<string, readonly string[]>
  readonly writers: ReadonlyMap<string, readonly string[]>
}
export const NO_USES: Uses = { readers: new Map(), writers: new Map() }

/** Fields by which an entry says that it is written. */
const SAVING = ['save_args', 'saveArgs', 'write']

/** Does reading this stream need columns that nobody declares? */
export const lacksSchema = (entry: Entry): boolean => entry.kind === 'stream' && entry.schema === undefined && needsColumns(entry.format)

/** Where a stream without a checkpoint would not know how to go on. */
export async function lacksCheckpoint(entry: Entry, conf: (key: string) => string | undefined): Promise<boolean> {
  if (entry.kind !== 'stream' || entry.checkpoint !== undefined || conf('spark.sql.streaming.checkpointLocation')) return false
  return (await describeConnector(entry.format))?.temporaryCheckpoint === false
}

/** Everything that is wrong with a catalog, and what is worth a word, in the order of the files. */
export async function checkCatalog(
  catalog: DataCatalog,
  uses: Uses,
  conf: (key: string) => string | undefined,
): Promise<readonly Problem[]> {
  const made = [...new Set([...uses.readers.keys(), ...uses.writers.keys()])].filter(name => !catalog.names().includes(name))
  const problems: Problem[] = []
  for (const name of [...catalog.names(), ...made.filter(name => catalog.has(name))]) {
    const { entry, problems: own } = await catalog.read(name)
    problems.push(...own)
    if (entry) problems.push(...(await doubts(entry, uses, conf)), ...(await neededBy(entry, uses)))
  }
  for (const name of made.filter(name => !catalog.has(name))) {
    const near = catalog.near(name)
    const [node] = [...(uses.readers.get(name) ?? []), ...(uses.writers.get(name) ?? [])]
    if (near === '') continue
    const place = { file: 'pipeline', line: 1, column: 1 }
    problems.push({
      severity: 'warning',
      place,
      name,
      text: `node "${node}" names a data set that the catalog does not have${near}`,
      fix: 'It is kept in memory',
    })
  }
  return problems
}

async function doubts(entry: Entry, { readers, writers }: Uses, conf: (key: string) => string | undefined): Promise<readonly Problem[]> {
  const { name, place } = entry
  const warn = (text: string, fix: string): Problem => ({ severity: 'warning', place, name, text, fix })
  const found: Problem[] = []
  const written = writers.has(name) || (entry.kind === 'stream' && SAVING.some(field => entry.fields.entries.has(field)))
  const read = readers.has(name) || !written
  if (read && !writers.has(name) && lacksSchema(entry) && conf('spark.sql.streaming.schemaInference') !== 'true')
    found.push(
      warn(
        `a ${entry.format} stream has no schema, and a node cannot read it`,
        `Write load_args: { schema: { filepath: conf/base/schemas/${name}.json } }; "millrace schema infer FILE" writes such a file`,
      ),
    )
  if (written && (await lacksCheckpoint(entry, conf)))
    found.push(warn('the stream is written without a checkpoint', `Write save_args: { checkpoint: data/checkpoints/${name} }`))
  for (const option of writers.has(name) && readers.has(name) ? unequal(entry) : [])
    found.push(
      warn(`"${option}" is not the same in load_args and save_args: what is written is read otherwise`, `Give both the same "${option}"`),
    )
  return found
}

/** Options of a text format that both sides must agree about. */
const AGREED = ['header', 'sep', 'delimiter', 'quote', 'escape', 'encoding', 'lineSep', 'nullValue']

function unequal({ load, save, format }: Entry): readonly string[] {
  if (!['csv', 'json', 'text'].includes(format.toLowerCase())) return []
  const of = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
    Object.entries(options)
      .find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
      ?.toLowerCase()
  const absent = (name: string): string | undefined => (name === 'header' ? 'false' : undefined)
  return AGREED.filter(name => (of(load.values, name) ?? absent(name)) !== (of(save.values, name) ?? absent(name)))
}

/** Options that a side needs which some node uses. */
export async function neededBy(entry: Entry, { readers, writers }: Uses): Promise<readonly Problem[]> {
  const connector = entry.kind === 'stream' || entry.kind === 'table' ? await describeConnector(entry.format) : undefined
  if (!connector) return []
  const { name, place } = entry
  const mode = entry.kind === 'stream' ? 'stream' : 'batch'
  const error = (text: string, fix?: string): Problem => ({ severity: 'error', place, name, text, ...(fix && { fix }) })
  const doors = { stream: ['readStream', 'writeStream'], batch: ['read', 'write'] } as const
  const sides = [
    { used: readers.has(name), side: 'source', options: entry.load.values, door: doors[mode][0], verb: 'read' },
    { used: writers.has(name), side: 'sink', options: entry.save.values, door: doors[mode][1], verb: 'written' },
  ] as const
  const lost = isFiles(entry.format) && entry.path === undefined && sides.some(s => s.used)
  const nowhere = lost ? [error(`${entry.format} files need a path`, 'Write "path: data/…" below it')] : []
  const wrong = sides.flatMap(({ used, side, options, door, verb }) => {
    if (!used) return []
    if (!connector.doors.includes(door)) return [error(`${entry.format} cannot be ${verb} as a ${entry.kind}`)]
    const missing = connector.examine(options, { side, mode }).filter(p => p.condition === 'MISSING_OPTION')
    const more = side === 'source' && mode === 'stream' && missing.length === 0 ? refusal(() => connector.fixedSchema(options)) : undefined
    return [...missing.map(p => error(factOf(p), p.hint.replace(/\.$/, ''))), ...(more ? [error(more)] : [])]
  })
  return [...nowhere, ...wrong]
}

/** What a connector says against its options as a whole. */
function refusal(ask: () => unknown): string | undefined {
  try {
    ask()
    return undefined
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return [factOf(error), ...error.details.map(d => d.trim())].join('; ')
  }
}
