import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { MillraceError } from '../../errors/index.ts'
import type { ConfEntry, ConfMap, ConfNode, ConfScalar, Place } from './place.ts'

/** What the parser's codes mean to a person; others speak for themselves. */
const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in one mapping',
  TAB_AS_INDENT: 'a tab stands where spaces belong: YAML indents by spaces',
  BAD_INDENT: 'this line is indented otherwise than its neighbours',
  MULTIPLE_DOCS: 'a second document begins here: a file holds one',
}

/**
 * Reads one YAML (or JSON) file with the place of everything in it. Anchors, aliases and `<<` are resolved. An empty file is an empty mapping.
 * @throws CONF_FILE_INVALID with line, column and the text in question
 */
export function readYaml(text: string, file: string): ConfMap {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const broken = document.errors[0]
  if (broken) throw invalid(place(broken.pos[0]), WORDS[broken.code] ?? broken.message.split('\n')[0]!, text)
  const reader = new Reader(document, place, text)
  const root = document.contents === null ? emptyAt(place(0)) : reader.node(document.contents as Node)
  if (root.kind === 'map') return root
  throw invalid(root.place, 'the file must be a mapping of names', text)
}

const emptyAt = (place: Place): ConfMap => ({ kind: 'map', entries: new Map(), place })

function invalid({ file, line, column }: Place, problem: string, text: string): MillraceError {
  const source = text.split('\n')[line - 1] ?? ''
  // A tab is one character wide here, so that the caret stands under what is meant.
  const details = [`  ${source.replaceAll('\t', ' ')}`, `  ${' '.repeat(column - 1)}^`]
  return new MillraceError('CONF_FILE_INVALID', { file, line, column, problem }, { details })
}

/** Turns the parser's tree into ours. */
class Reader {
  readonly #document: Document
  readonly #place: (offset: number) => Place
  readonly #text: string

  constructor(document: Document, place: (offset: number) => Place, text: string) {
    this.#document = document
    this.#place = place
    this.#text = text
  }

  node(node: Node | null): ConfNode {
    const place = this.#place(node?.range?.[0] ?? 0)
    if (isAlias(node)) return this.node(this.#aliased(node.resolve(this.#document), place))
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node), place }
    if (isSeq(node)) return { kind: 'list', items: node.items.map(item => this.node(item as Node)), place }
    const value = isScalar(node) ? node.value : null
    return { kind: 'scalar', value: this.#scalar(value, place), place }
  }

  #aliased(target: unknown, place: Place): Node {
    if (target) return target as Node
    throw invalid(place, 'there is no anchor of this name above', this.#text)
  }

  #scalar(value: unknown, place: Place): ConfScalar['value'] {
    if (value === null || value === undefined) return null
    if (typeof value === 'bigint') return String(value)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    throw invalid(place, 'this value is neither text, number, true nor false', this.#text)
  }

  #entries(map: YAMLMap): ReadonlyMap<string, ConfEntry> {
    const merged = new Map<string, ConfEntry>()
    const own = new Map<string, ConfEntry>()
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = this.#place(pair.key?.range?.[0] ?? 0)
      if (isScalar(pair.key) && pair.key.source === '<<') this.#merge(pair.value, merged)
      else if (!isScalar(pair.key)) throw invalid(key, 'a key must be a name', this.#text)
      else own.set(String(pair.key.source ?? pair.key.value), { key, node: this.node(pair.value) })
    }
    return new Map([...merged, ...own])
  }

  /** `<<: *base` or a list of them: the first wins, what stands beside it wins over all. */
  #merge(value: Node | null, into: Map<string, ConfEntry>): void {
    const from = this.node(value)
    const maps = from.kind === 'list' ? from.items : [from]
    for (const map of maps) {
      if (map.kind !== 'map') throw invalid(map.place, '<< takes mappings', this.#text)
      for (const [name, entry] of map.entries) if (!into.has(name)) into.set(name, entry)
    }
  }
}
