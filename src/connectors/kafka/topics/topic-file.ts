import { isMap, isScalar, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml'
import { MillraceError } from '../../../errors/index.ts'

/** A topic as it is wanted. */
export interface WantedTopic {
  readonly name: string
  /** Absent: the broker's default. */
  readonly partitions?: number
  readonly replicas?: number
  readonly config: Readonly<Record<string, string>>
}

const KNOWN_SPEC = ['topicName', 'partitions', 'replicas', 'config']

/** Reads the documents of one file and says where in it something is wrong. */
class TopicFile {
  readonly #file: string
  readonly #lines = new LineCounter()

  constructor(file: string) {
    this.#file = file
  }

  read(text: string): readonly WantedTopic[] {
    const documents = parseAllDocuments(text, { lineCounter: this.#lines })
    if (!Array.isArray(documents)) return []
    const topics = documents.flatMap(document => {
      const broken = document.errors[0]
      if (broken) throw this.#refuse(broken.pos[0], broken.message.split('\n')[0]!)
      if (document.contents === null) return []
      return [this.#topic(document.contents as Node)]
    })
    return topics
  }

  #refuse(at: Node | number | null | undefined, problem: string): MillraceError {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0)
    return new MillraceError('KAFKA_TOPIC_FILE', { file: this.#file, line: this.#lines.linePos(offset).line, problem })
  }

  #topic(document: Node): WantedTopic {
    if (!isMap(document)) throw this.#refuse(document, 'a topic is a mapping with kind, metadata and spec')
    const kind = document.get('kind')
    if (kind !== 'KafkaTopic') throw this.#refuse(nodeAt(document, 'kind') ?? document, `kind must be KafkaTopic, got ${shown(kind)}`)
    const metadata = this.#map(document, 'metadata')
    const spec = document.has('spec') ? this.#map(document, 'spec') : undefined
    for (const pair of spec?.items ?? []) {
      const name = String(pair.key)
      if (!KNOWN_SPEC.includes(name)) throw this.#refuse(pair.key as Node, `spec has no "${name}"; it takes ${KNOWN_SPEC.join(', ')}`)
    }
    const partitions = spec && this.#count(spec, 'partitions')
    const replicas = spec && this.#count(spec, 'replicas')
    return {
      name: spec?.has('topicName') ? this.#name(spec, 'topicName') : this.#name(metadata, 'name'),
      ...(partitions !== undefined && { partitions }),
      ...(replicas !== undefined && { replicas }),
      config: spec?.has('config') ? this.#config(this.#map(spec, 'config')) : {},
    }
  }

  #map(parent: YAMLMap, key: string): YAMLMap {
    const node = nodeAt(parent, key)
    if (!isMap(node)) throw this.#refuse(node ?? parent, `${key} must be a mapping`)
    return node
  }

  #name(parent: YAMLMap, key: string): string {
    const name = parent.get(key)
    const node = nodeAt(parent, key) ?? parent
    if (typeof name !== 'string' || name === '') throw this.#refuse(node, `${key} must be the topic's name, got ${shown(name)}`)
    if (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..')
      throw this.#refuse(node, `"${name}" is no topic name: up to 249 letters, digits, dots, underscores and hyphens`)
    return name
  }

  #count(spec: YAMLMap, key: string): number | undefined {
    if (!spec.has(key)) return undefined
    const value = spec.get(key)
    if (Number.isInteger(value) && (value as number) >= 1) return value as number
    throw this.#refuse(nodeAt(spec, key), `${key} must be a whole number from 1 up, got ${shown(value)}`)
  }

  #config(map: YAMLMap): Readonly<Record<string, string>> {
    const entries = map.items.map(pair => {
      const value = isScalar(pair.value) ? pair.value.value : undefined
      if (typeof value === 'object' || value === undefined)
        throw this.#refuse(
          (pair.value as Node | null) ?? (pair.key as Node),
          `config "${String(pair.key)}" must be text, a number or true/false`,
        )
      return [String(pair.key), String(value)] as const
    })
    return Object.fromEntries(entries)
  }
}

const nodeAt = (map: YAMLMap, key: string): Node | undefined => map.get(key, true) as Node | undefined
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

/**
 * The topics of a YAML text of one or more Strimzi `KafkaTopic` documents; `file` is how messages name it.
 *
 * @throws KAFKA_TOPIC_FILE with file and line
 */
export const readTopicFile = (text: string, file: string): readonly WantedTopic[] => new TopicFile(file).read(text)
