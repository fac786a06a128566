/**
 * `node scripts/docs.ts`: writes the reference pages that come from tables: docs/conditions.md from the table of conditions, docs/functions.md from
 * the function table. With `--check` it writes nothing and fails when a page is not what the tables say.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  const line = ([name, c]: [string, Condition<never>]): string => {
    const spark = typeof c.sparkClass === 'function' ? filled(c.sparkClass) : (c.sparkClass ?? '')
    return `| \`${name}\` | ${c.domain} | ${cell(filled(c.message))} | ${cell(filled(c.hint))} | ${spark ? cell(spark) : ''} |`
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

if (import.meta.main) {
  const docs = new URL('../docs/', import.meta.url)
  const check = process.argv.includes('--check')
  if (!check) mkdirSync(docs, { recursive: true })
  for (const [file, text] of [
    ['conditions.md', conditionsPage()],
    ['functions.md', functionsPage()],
  ] as const) {
    const at = new URL(file, docs)
    if (!check) writeFileSync(at, text)
    else if (!existsSync(at) || readFileSync(at, 'utf8') !== text) {
      console.error(`docs/${file} is not what the tables say: run node scripts/docs.ts`)
      process.exitCode = 1
    }
  }
}
