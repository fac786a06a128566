import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tree } from './compare.ts'
import type { Stage } from './stage.ts'

const LOG = '_spark_metadata/'

/** A file's directory below the output and its extensions: what does not depend on chance or on the number of partitions. */
const kindOf = (path: string): string => {
  const cut = path.lastIndexOf('/') + 1
  return `${path.slice(0, cut)}*${/\.[a-z].*$/.exec(path.slice(cut))?.[0] ?? ''}`
}
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort()

interface Entry {
  readonly path: string
  readonly action: string
}
const entriesOf = (text: string, root: string): Entry[] =>
  text
    .split('\n')
    .slice(1)
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Entry)
    .map(({ path, action }) => ({ action, path: decodeURI(path.replace(/^file:\/*/, '/')).replace(`${root}/out/`, '') }))

/** A null field may be written or left out, as `ignoreNullFields` says. */
const withoutNulls = (_: string, v: unknown): unknown => v ?? undefined

/** The rows of text files by directory, JSON whatever the spelling. */
function rowsBelow(files: Readonly<Record<string, unknown>>, listed: ReadonlySet<string>): string[] {
  const spelled = (path: string, line: string): string => (/\.json/.test(path) ? JSON.stringify(JSON.parse(line), withoutNulls) : line)
  return [...listed]
    .flatMap(path => {
      const text = files[path]
      if (typeof text !== 'string') return []
      return text
        .split('\n')
        .filter(line => line !== '')
        .map(line => `${kindOf(path)} ${spelled(path, line)}`)
    })
    .sort()
}

interface Directory {
  /** By name of the log: which kinds of files it adds. */
  readonly logs: string
  readonly rows: readonly string[]
}
function directory(files: Readonly<Record<string, unknown>>, root: string): Directory {
  const logs = Object.entries(files).filter((file): file is [string, string] => file[0].startsWith(LOG) && typeof file[1] === 'string')
  const entries = logs.map(([name, text]) => [name.slice(LOG.length), text.split('\n')[0], entriesOf(text, root)] as const)
  const told = entries
    .map(([name, version, added]) => `${name} ${version} ${distinct(added.map(e => `${e.action} ${kindOf(e.path)}`)).join(', ')}`)
    .sort()
  return { logs: told.join('\n    '), rows: rowsBelow(files, new Set(entries.flatMap(([, , added]) => added.map(e => e.path)))) }
}

/** Compares the files a file sink left, as its log lists them: rows of text files as multisets by directory, the log by its structure. */
export async function compareSinkDirectory(stage: Stage): Promise<string | undefined> {
  const recorded = stage.case_.sinkDirectory
  if (!recorded) return undefined
  const wanted = (recorded['files'] ?? recorded) as Readonly<Record<string, unknown>>
  const ours: Record<string, string> = {}
  for (const path of await tree(stage.output)) ours[path] = await readFile(join(stage.output, path), 'utf8')
  const [a, b] = [directory(wanted, '/CASE'), directory(ours, stage.root)]
  if (a.logs !== b.logs) return `the sink's log should be\n    ${a.logs}\n  is\n    ${b.logs}`
  const told = a.rows.length > 0 && a.rows.join('\n') !== b.rows.join('\n')
  return told ? `the sink's files should hold\n    ${a.rows.join('\n    ')}\n  hold\n    ${b.rows.join('\n    ')}` : undefined
}
