import { type AvroJson, type AvroSchema, isNamed } from './schema.ts'

/** JSON text; whole numbers of any size as they are. */
function jsonText(v: AvroJson | undefined): string {
  if (typeof v === 'bigint') return String(v)
  if (Array.isArray(v)) return `[${v.map(jsonText).join(',')}]`
  if (typeof v === 'object' && v !== null)
    return `{${Object.entries(v)
      .map(([k, x]) => `${JSON.stringify(k)}:${jsonText(x)}`)
      .join(',')}}`
  return JSON.stringify(v)
}
const object = (pairs: readonly (readonly [string, string | undefined])[]): string =>
  `{${pairs.flatMap(([k, v]) => (v === undefined ? [] : [`"${k}":${v}`])).join(',')}}`
const list = (names: readonly string[]): string | undefined => (names.length > 0 ? JSON.stringify(names) : undefined)
const optional = (text: string | undefined): string | undefined => (text === undefined ? undefined : JSON.stringify(text))

class Printer {
  readonly #defined = new Set<string>()
  readonly #canonical: boolean

  constructor(canonical: boolean) {
    this.#canonical = canonical
  }

  /** What the canonical form leaves out. */
  #more(...pairs: readonly (readonly [string, string | undefined])[]): readonly (readonly [string, string | undefined])[] {
    return this.#canonical ? [] : pairs
  }

  text(s: AvroSchema): string {
    if (isNamed(s)) {
      if (this.#defined.has(s.name)) return JSON.stringify(s.name)
      this.#defined.add(s.name)
    }
    switch (s.type) {
      case 'union':
        return `[${s.branches.map(b => this.text(b)).join(',')}]`
      case 'array':
        return object([
          ['type', '"array"'],
          ['items', this.text(s.items)],
        ])
      case 'map':
        return object([
          ['type', '"map"'],
          ['values', this.text(s.values)],
        ])
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named(s)
      default:
        return this.#primitive(s)
    }
  }

  #named(s: Extract<AvroSchema, { name: string }>): string {
    const head: readonly (readonly [string, string | undefined])[] = [
      ['name', JSON.stringify(s.name)],
      ['type', `"${s.type}"`],
      ...this.#more(['aliases', list(s.aliases)], ['doc', optional(s.doc)]),
    ]
    if (s.type === 'fixed') return object([...head, ['size', String(s.size)], ...this.#more(...logicalPairs(s))])
    if (s.type === 'enum') return object([...head, ['symbols', JSON.stringify(s.symbols)], ...this.#more(['default', optional(s.default)])])
    const fields = s.fields.map(f =>
      object([
        ['name', JSON.stringify(f.name)],
        ['type', this.text(f.schema)],
        ...this.#more(
          ['aliases', list(f.aliases)],
          ['doc', optional(f.doc)],
          ['default', f.default === undefined ? undefined : jsonText(f.default)],
        ),
      ]),
    )
    return object([...head, ['fields', `[${fields.join(',')}]`]])
  }

  #primitive(s: Extract<AvroSchema, { logical?: unknown }>): string {
    const more = this.#more(...logicalPairs(s), ['spark.sql.catalyst.type', 'catalyst' in s ? optional(s.catalyst) : undefined])
    if (more.every(([, v]) => v === undefined)) return JSON.stringify(s.type)
    return object([['type', JSON.stringify(s.type)], ...more])
  }
}

function logicalPairs(s: Extract<AvroSchema, { logical?: unknown }>): readonly (readonly [string, string | undefined])[] {
  if (!s.logical) return []
  const { logical } = s
  if (logical.name !== 'decimal') return [['logicalType', `"${logical.name}"`]]
  return [
    ['logicalType', '"decimal"'],
    ['precision', String(logical.precision)],
    ['scale', String(logical.scale)],
  ]
}

/** A schema as JSON text that stands alone: every type it names is defined in it. */
export const printAvro = (schema: AvroSchema): string => new Printer(false).text(schema)

/** Avro's Parsing Canonical Form: the same for schemas that read the same bytes alike. */
export const canonicalAvro = (schema: AvroSchema): string => new Printer(true).text(schema)
