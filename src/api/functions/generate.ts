import { FUNCTIONS, type FunctionSpec, type Signature } from '../../functions/index.ts'
import type { DataType } from '../../types/index.ts'
import { TEXT_ARGUMENTS } from './call.ts'

/** JavaScript words that cannot name a constant. */
const RESERVED = new Set([
  'case',
  'if',
  'in',
  'typeof',
  'null',
  'var',
  'default',
  'class',
  'new',
  'delete',
  'void',
  'with',
  'true',
  'false',
])
/** Types of rows by kind, for results that do not depend on the arguments. */
const RESULTS: Readonly<Partial<Record<DataType['kind'], string>>> = {
  boolean: 'boolean',
  byte: 'number',
  short: 'number',
  integer: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  string: 'string',
  binary: 'Uint8Array',
  date: 'LocalDate',
  timestamp: 'Timestamp',
  timestampNtz: 'LocalTimestamp',
}

export const camelCase = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, c: string) => c.toUpperCase())

/** The names the API has a wrapper for: every function of the table and every alias that can be a constant's name. */
export const wrapped = (): readonly (readonly [name: string, spec: FunctionSpec])[] =>
  [...FUNCTIONS]
    .filter(([name, spec]) => spec.kind !== 'operator' && /^[a-z]\w*$/.test(name) && !RESERVED.has(camelCase(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1))

function resultOf(spec: FunctionSpec): string {
  const kinds = new Set(
    spec.signatures.map(s => {
      if (typeof s.returns === 'function') return 'any'
      if (s.returns.kind === 'array') return `${RESULTS[s.returns.elementType.kind] ?? 'any'}[]`
      return RESULTS[s.returns.kind] ?? 'any'
    }),
  )
  return kinds.size === 1 ? [...kinds][0]! : 'any'
}

interface Arity {
  readonly required: number
  readonly optional: number
  readonly variadic: boolean
}
function arity(signatures: readonly Signature[]): Arity {
  const least = (s: Signature) =>
    s.args.length -
    (s.optional ?? 0) -
    (s.variadic ? (s.variadic.repeat ?? 1) : 0) +
    (s.variadic ? s.variadic.min * (s.variadic.repeat ?? 1) : 0)
  const required = Math.max(0, Math.min(...signatures.map(least)))
  const most = Math.max(...signatures.map(s => s.args.length))
  return { required, optional: Math.max(0, most - required), variadic: signatures.some(s => s.variadic) }
}

const LETTERS = 'abcdefghijklmnop'

function wrapper(name: string, spec: FunctionSpec): string {
  const { required, optional, variadic } = arity(spec.signatures)
  const fixed = variadic ? required : required + optional
  const text = TEXT_ARGUMENTS[name]
  const letters = [...LETTERS.slice(0, fixed)]
  const generic = letters.filter((_, i) => i < required && !(Array.isArray(text) && text.includes(i)))
  const types = generic.map(l => `const ${l.toUpperCase()} extends Argument`).join(', ')
  const parameters = letters.map((l, i) => `${l}${i < required ? '' : '?'}: ${generic.includes(l) ? l.toUpperCase() : 'Argument'}`)
  if (variadic) parameters.push('...more: readonly Argument[]')
  const needs = generic.length === 0 ? 'unknown' : generic.map(l => `Needs<${l.toUpperCase()}>`).join(' & ')
  const args = variadic ? `[${[...letters, '...more'].join(', ')}]` : `[${letters.join(', ')}]`
  const doc = `${spec.doc.replaceAll('*/', '* /')}${spec.examples[0] ? ` @example ${spec.examples[0].replaceAll('*/', '* /')}` : ''}`
  return `/** ${doc} */\nexport const ${camelCase(name)} = ${types ? `<${types}>` : ''}(${parameters.join(', ')}): Column<${resultOf(spec)}, string, ${needs}> => invoke('${name}', ${args})\n`
}

/** The text of `generated.ts`. */
export function functionsSource(): string {
  const body = wrapped().map(([name, spec]) => wrapper(name, spec))
  const classes = ['LocalDate', 'LocalTimestamp', 'Timestamp'].filter(c => body.some(b => b.includes(`Column<${c}`)))
  return [
    '// Written by scripts/generate-api.ts from the function table. Typed versions in `typed.ts` take precedence.',
    ...(classes.length > 0 ? [`import type { ${classes.join(', ')} } from '../../types/index.ts'`] : []),
    "import type { Column } from '../column.ts'",
    "import type { Argument, Needs } from '../column-types.ts'",
    "import { invoke } from './call.ts'",
    '',
    body.join('\n'),
  ].join('\n')
}
