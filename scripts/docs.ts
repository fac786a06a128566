/**
 * `node scripts/docs.ts`: writes the reference pages that come from tables: docs/conditions.md from the table of conditions, docs/functions.md from
 * the function table, docs/connectors.md from the tables of options. With `--check` it writes nothing and fails when a page is not what the tables say.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { COMMANDS } from '../src/cli/commands.ts'
import { commandsPage } from '../src/cli/docs-page.ts'
import { builtins } from '../src/connectors/builtin.ts'
import type { Connector, OptionSpec, OptionTable } from '../src/connectors/contract.ts'
import { FORMAT_OPTIONS } from '../src/connectors/files/format-options.ts'
import { SINK_OPTIONS, SOURCE_OPTIONS } from '../src/connectors/files/options.ts'
import { MemoryTables } from '../src/connectors/memory/tables.ts'
import { CONDITIONS, type Condition } from '../src/errors/index.ts'
import { FUNCTIONS, type FunctionSpec } from '../src/functions/index.ts'

/** Stands in for every parameter: its text is the parameter's name in angle brackets. */
const placeholders = (): unknown =>
  new Proxy({}, { get: (_, name) => (typeof name === 'string' ? placeholder(name) : undefined), has: () => true })
const placeholder = (name: string): unknown => {
  const text = `<${name}>`
  return new Proxy(Object.assign([text], { toString: () => text }), {
    get: (target, key) => {
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'toJSON') return () => text
      const method = (text as unknown as Record<PropertyKey, unknown>)[key]
      return typeof method === 'function' && !(key in Array.prototype)
        ? method.bind(text)
        : (target as unknown as Record<PropertyKey, unknown>)[key]
    },
  })
}
const filled = (write: (params: never) => unknown): string => {
  try {
    return String(write(placeholders() as never) ?? '')
  } catch {
    return '(depends on its parameters)'
  }
}
const cell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('<', '&lt;')

const DOMAINS = {
  user: 'the program or its data',
  external: 'something outside: disk, broker, network',
  internal: 'a defect of Millrace',
} as const

export function conditionsPage(): string {
  const rows = (Object.entries(CONDITIONS) as [string, Condition<never>][]).sort(([a], [b]) => (a < b ? -1 : 1))
  // What is reckoned from a placeholder is no number.
  const text = (of: Condition<never>['message']): string => cell(filled(of)).replaceAll('NaN', '…')
  const line = ([name, c]: [string, Condition<never>]): string => {
    const spark = typeof c.sparkClass === 'function' ? filled(c.sparkClass) : (c.sparkClass ?? '')
    return `| \`${name}\` | ${c.domain} | ${text(c.message)} | ${text(c.hint)} | ${spark ? cell(spark) : ''} |`
  }
  return [
    '# Conditions',
    '',
    'Every error is a `MillraceError` with one of these conditions: catch by `condition`, never by prose. Made from `src/errors/conditions/` by `node scripts/docs.ts`.',
    `Who can mend it: ${Object.entries(DOMAINS)
      .map(([d, text]) => `**${d}**: ${text}`)
      .join('; ')}.`,
    '',
    '| condition | domain | message | what to do | Spark’s class |',
    '|---|---|---|---|---|',
    ...rows.map(line),
    '',
  ].join('\n')
}

export function functionsPage(): string {
  const specs = [...new Set(FUNCTIONS.values())]
  const groups = [...new Set(specs.map(s => s.group))]
  const line = (s: FunctionSpec): string => {
    const names = [s.name, ...(s.aliases ?? [])].map(n => `\`${cell(n)}\``).join(', ')
    return `| ${names} | ${cell(s.doc)} | ${s.examples.map(e => `\`${cell(e).replaceAll('&lt;', '<')}\``).join('<br>')} |`
  }
  const section = (group: string): string[] => [
    `## ${group}`,
    '',
    '| function | what it does | example |',
    '|---|---|---|',
    ...specs.filter(s => s.group === group).map(line),
    '',
  ]
  const heading = [
    '# Functions',
    '',
    'By Spark’s names, in SQL text and (in camelCase) in the API. Made from `src/functions/` by `node scripts/docs.ts`; the examples run as tests against values recorded from Spark.',
    '',
  ]
  return [...heading, ...groups.flatMap(section)].join('\n')
}

const SIDES = { source: 'reading', sink: 'writing', both: 'both' } as const
const MODES = { batch: ', batch', stream: ', stream' } as const

/** A value that may stand in an example. */
function sample(spec: OptionSpec): string {
  if (spec.example !== undefined) return spec.example
  if (spec.type === 'boolean') return spec.default === 'true' ? 'false' : 'true'
  if (spec.type === 'enum') return spec.values!.find(v => v !== spec.default) ?? spec.values![0]!
  if (spec.type === 'integer') return String(Math.max(spec.min ?? 0, 100))
  return spec.type === 'interval' ? '10 minutes' : (spec.default ?? '…')
}
const written = (spec: OptionSpec): string =>
  /^(boolean|integer)$/.test(spec.type) ? sample(spec) : `'${sample(spec).replaceAll("'", "\\'")}'`

function optionLine([name, spec]: [string, OptionSpec]): string {
  const type = spec.type === 'enum' ? spec.values!.map(v => `\`${v}\``).join(', ') : spec.type
  const preset = spec.required ? 'required' : spec.default === undefined ? '' : `\`${spec.default}\``
  const idle = spec.withoutEffect ? ` Without effect here: ${spec.withoutEffect}; this is said once.` : ''
  const side = SIDES[spec.side] + (spec.mode ? MODES[spec.mode] : '')
  const example = name.endsWith('.*') ? '' : `\`option('${name}', ${cell(written(spec))})\``
  return `| \`${name}\` | ${type} | ${preset} | ${side} | ${cell(spec.describe + idle)} | ${example} |`
}

const optionTable = (options: OptionTable): string[] => [
  '| option | type | default | side | what it does | example |',
  '|---|---|---|---|---|---|',
  ...Object.entries(options)
    .filter(([, spec]) => spec.refused === undefined)
    .map(optionLine),
]

export async function connectorsPage(): Promise<string> {
  const loaders = builtins({ memoryTables: new MemoryTables(), print: () => {} })
  // One that has several names stands once.
  const connectors = new Set(await Promise.all(Object.values(loaders).map(load => load())))
  const shared: OptionTable = { ...SOURCE_OPTIONS, ...SINK_OPTIONS }
  const family = ([name, options]: [string, OptionTable]): string[] => {
    const prefix = name.slice(0, -1)
    const named = Object.fromEntries(Object.entries(options).map(([key, spec]) => [prefix + key, spec]))
    return [`### \`${name}\``, '', ...optionTable(named), '']
  }
  const section = ({ name, summary, options, families = {}, source, scan, sink, save }: Connector): string[] => {
    const doors = [scan && 'read', source && 'readStream', save && 'write', sink && 'writeStream'].filter(Boolean)
    const own = Object.fromEntries(Object.entries(options).filter(([key]) => !(name in FORMAT_OPTIONS && key in shared)))
    const here = [`## ${name}`, '', summary, '', `Takes part in ${doors.map(d => `\`${d}\``).join(', ')}.`, '']
    const table = Object.keys(own).length > 0 ? [...optionTable(own), ''] : ['No options.', '']
    return [...here, ...table, ...Object.entries(families).flatMap(family)]
  }
  return [
    '# Connectors and their options',
    '',
    'Made from the option tables in `src/connectors/` by `node scripts/docs.ts`. Names do not regard case. A name that is not here, an option on the wrong side and a value of',
    'the wrong type are refused; an option that changes nothing here is said once (warning `OPTION_WITHOUT_EFFECT`).',
    '',
    '## Files: csv, json, text and parquet',
    '',
    'These go with every file format; those of one format stand below.',
    '',
    ...optionTable(shared),
    '',
    ...[...connectors].flatMap(section),
    '## foreach and foreachBatch',
    '',
    'Functions of yours, given to `writeStream.foreach(writer)` and `writeStream.foreachBatch((batch, batchId) => …)`: at least once, with the same `batchId` for the same rows.',
    '',
  ].join('\n')
}

if (import.meta.main) {
  const docs = new URL('../docs/', import.meta.url)
  const check = process.argv.includes('--check')
  if (!check) mkdirSync(docs, { recursive: true })
  for (const [file, text] of [
    ['conditions.md', conditionsPage()],
    ['functions.md', functionsPage()],
    ['connectors.md', await connectorsPage()],
    ['commands.md', commandsPage(COMMANDS)],
  ] as const) {
    const at = new URL(file, docs)
    if (!check) writeFileSync(at, text)
    else if (!existsSync(at) || readFileSync(at, 'utf8') !== text) {
      console.error(`docs/${file} is not what the tables say: run node scripts/docs.ts`)
      process.exitCode = 1
    }
  }
}
