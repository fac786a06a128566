import { attribute, reference } from '../../../analyze/ids.ts'
import { pass, project } from '../../../analyze/nodes.ts'
import type { Attribute, Named, Resolved, RSource, TCall, Typed } from '../../../analyze/resolved.ts'
import { inputsOf, keyOf, replaceTop, walk, withInputs } from '../../../analyze/tree.ts'
import { isString, type StructType } from '../../../types/index.ts'
import { FILE_FORMATS } from '../lower/file-formats.ts'
import { DECODERS, type DecoderContext } from '../lower/functions/decoders.ts'
import type { DecodedPart, DecodedSource, Decoder } from './decoded-source.ts'

/** Nodes through which columns of a source pass as they are. */
const OPEN: ReadonlySet<string> = new Set(['project', 'filter', 'watermark', 'window', 'generate', 'metrics'])
/** Calls that do not look at all of their arguments for each row. */
const CHOOSY: ReadonlySet<string> = new Set(['if', 'coalesce', 'nvl', 'nvl2', 'ifnull', 'nullif', 'when', 'try'])

/**
 * Moves functions like `from_json` that stand on a column of a source into the source, where that changes nothing but the speed: every row of the source
 * reaches the function. An error it raises is another matter (a row may leave unread before it): whoever runs the plan then runs it again as it was.
 */
export function fuse(plan: Resolved, context: Omit<DecoderContext, 'fields'>): Resolved {
  const streams = [...walk(plan)].flatMap(n => (n.node === 'source' && n.sourceIndex !== undefined ? [n.sourceIndex] : []))
  // One that is read twice is fed once, with one set of columns.
  const once = (s: RSource): boolean => streams.filter(index => index === s.sourceIndex).length === 1
  const visit = (node: Resolved): Resolved => {
    const chain = chainOf(node)
    const source = chain.at(-1)!
    if (source.node === 'source' && once(source) && !FILE_FORMATS.has(source.format.toLowerCase())) {
      return new Chain(source, context).fused(chain.slice(0, -1).reverse()) ?? node
    }
    return withInputs(node, inputsOf(node).map(visit))
  }
  return visit(plan)
}

/** The node and those below it as far as columns pass as they are. */
function chainOf(node: Resolved): readonly Resolved[] {
  return OPEN.has(node.node) ? [node, ...chainOf(inputsOf(node)[0]!)] : [node]
}

interface Draft {
  readonly call: TCall
  readonly column: number
  readonly castsToText: boolean
  readonly parts: Map<string, DecodedPart>
}
/** A value that comes out of a decoder. */
interface Place {
  readonly draft: Draft
  readonly path: readonly number[]
}
/** A value that is a column of the source, perhaps cast from bytes to text. */
interface Column {
  readonly index: number
  readonly castsToText: boolean
}

/** One source and the nodes above it, while calls are moved out of these into it. */
class Chain {
  readonly #source: RSource
  readonly #context: Omit<DecoderContext, 'fields'>
  readonly #drafts = new Map<string, Draft>()
  /** Attributes that are columns of the source under other names. */
  readonly #columns = new Map<number, Column>()
  /** Struct columns that are not made: their fields are read from the decoder. */
  readonly #places = new Map<number, Place>()
  #filtered = false

  constructor(source: RSource, context: Omit<DecoderContext, 'fields'>) {
    this.#source = source
    this.#context = context
    for (const [index, a] of source.output.entries()) this.#columns.set(a.id, { index, castsToText: false })
  }

  /** `nodes` from the source up. Undefined: nothing to move. */
  fused(nodes: readonly Resolved[]): Resolved | undefined {
    const top = nodes.at(-1)
    if (!top) return undefined
    const swapped = nodes.map(n => this.#swapped(n))
    if (swapped.includes(undefined)) return undefined
    const restored = top.output.map(a => this.#restored(a))
    if (this.#drafts.size === 0) return undefined
    const source = this.#decoded()
    const parts = source.output.slice(this.#source.output.length)
    const built = (swapped as readonly Resolved[]).reduce((input, n) => onTop(n, input, parts), source as Resolved)
    return project(built, restored)
  }

  #restored(a: Attribute): Named {
    const place = this.#places.get(a.id)
    return place ? { attribute: a, expr: this.#part(place) } : pass(a)
  }

  /** The node over what the decoders give; undefined when it needs a column that is not made. */
  #swapped(node: Resolved): Resolved | undefined {
    switch (node.node) {
      case 'project':
        return { ...node, columns: node.columns.flatMap(c => this.#column(c)) }
      case 'filter': {
        const condition = this.#swap(node.condition)
        this.#filtered ||= !readsParts(condition, this.#drafts)
        return { ...node, condition }
      }
      case 'watermark':
        return this.#places.has(node.attributeId) ? undefined : node
      case 'window':
        return { ...node, time: this.#swap(node.time) }
      case 'generate':
        return { ...node, generator: this.#swap(node.generator) as TCall }
      case 'metrics':
        return { ...node, metrics: node.metrics.map(m => ({ ...m, call: this.#swap(m.call) })) }
      default:
        return undefined
    }
  }

  #column({ attribute: made, expr }: Named): readonly Named[] {
    const column = this.#columnOf(expr)
    if (column) this.#columns.set(made.id, column)
    const place = this.#placeOf(expr)
    if (!place || made.dataType.kind !== 'struct') return [{ attribute: made, expr: this.#swap(expr) }]
    this.#places.set(made.id, place)
    return []
  }

  #swap(e: Typed): Typed {
    return replaceTop(e, x => {
      const place = this.#placeOf(x)
      if (place) return this.#part(place)
      // Within these a value is not asked for on every row.
      return x.node === 'case' || x.node === 'lambda' || (x.node === 'call' && CHOOSY.has(x.fn)) ? this.#materialized(x) : undefined
    })
  }

  /** The expression with what is decoded anyway, and with struct columns that are not made any more. */
  #materialized(e: Typed): Typed {
    return replaceTop(e, x => {
      const place = this.#placeOf(x, 'known')
      return place && this.#part(place)
    })
  }

  /** Is it a value that a decoder gives? A call not met before is taken up, unless rows have been filtered out by something else. */
  #placeOf(e: Typed, calls: 'known' | 'all' = 'all'): Place | undefined {
    if (e.node === 'attribute') return this.#places.get(e.id)
    if (e.node === 'getField') {
      const place = e.child.dataType.kind === 'struct' ? this.#placeOf(e.child, calls) : undefined
      return place && { draft: place.draft, path: [...place.path, e.ordinal] }
    }
    const draft = e.node === 'call' ? this.#draftOf(e, calls) : undefined
    return draft && { draft, path: [] }
  }

  #draftOf(call: TCall, calls: 'known' | 'all'): Draft | undefined {
    const [first, ...rest] = call.args
    if (!first || !Object.hasOwn(DECODERS, call.fn) || !rest.every(a => a.node === 'literal')) return undefined
    if (call.options?.['mode']?.toLowerCase() === 'dropmalformed') return undefined
    const column = this.#columnOf(first)
    if (!column || isString(first.dataType) !== (column.castsToText || this.#isText(column.index))) return undefined
    const input: Typed = { node: 'literal', value: `${column.index} ${column.castsToText}`, dataType: first.dataType, nullable: true }
    const key = keyOf({ ...call, args: [input, ...rest] })
    const known = this.#drafts.get(key)
    if (known || this.#filtered || calls === 'known') return known
    const draft: Draft = { call, column: column.index, castsToText: column.castsToText, parts: new Map() }
    this.#drafts.set(key, draft)
    return draft
  }

  #isText(index: number): boolean {
    return isString(this.#source.schema.fields[index]!.dataType)
  }

  #columnOf(e: Typed): Column | undefined {
    if (e.node === 'attribute') return this.#columns.get(e.id)
    if (e.node !== 'cast' || e.dataType.kind !== 'string' || e.expr.dataType.kind !== 'binary') return undefined
    const column = this.#columnOf(e.expr)
    return column && { ...column, castsToText: true }
  }

  #part({ draft, path }: Place): Typed {
    const key = path.join('.')
    let part = draft.parts.get(key)
    if (!part) {
      const field = path.reduce((t, i) => (t.dataType as StructType).fields[i]!, { name: draft.call.fn, dataType: draft.call.dataType })
      part = { path, attribute: attribute({ name: field.name, dataType: field.dataType, nullable: true }) }
      draft.parts.set(key, part)
    }
    return reference(part.attribute)
  }

  #decoded(): DecodedSource {
    const decoders = [...this.#drafts.values()]
      .filter(d => d.parts.size > 0)
      .map(({ call, column, castsToText, parts }): Decoder => {
        const make: Decoder['make'] = fields => DECODERS[call.fn]!(call, { ...this.#context, ...(fields && { fields }) })
        return { call, column, castsToText, parts: [...parts.values()], make }
      })
    const output = [...this.#source.output, ...decoders.flatMap(d => d.parts.map(p => p.attribute))]
    return { ...this.#source, output, decoders }
  }
}

const readsParts = (e: Typed, drafts: ReadonlyMap<string, Draft>): boolean => {
  const ids = new Set([...drafts.values()].flatMap(d => [...d.parts.values()].map(p => p.attribute.id)))
  let reads = false
  replaceTop(e, x => {
    if (x.node === 'attribute' && ids.has(x.id)) reads = true
    return undefined
  })
  return reads
}

/** A node of the chain over its new input; every column of a decoder goes through. */
function onTop(node: Resolved, input: Resolved, parts: readonly Attribute[]): Resolved {
  if (node.node === 'project') return project(input, [...node.columns, ...parts.map(pass)])
  const made = withInputs(node, [input])
  const own = node.node === 'window' ? [node.window] : node.node === 'generate' ? node.generated : []
  return { ...made, output: [...input.output, ...own] }
}
