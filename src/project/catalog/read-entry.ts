import { isAbsolute, join } from 'node:path'
import { isMillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { StructType } from '../../types/index.ts'
import { type ConnectorDescription, connectorNames, describeConnector } from '../../wiring.ts'
import { type ConfEntry, type ConfMap, type ConfNode, type ConfValue, type Place, plainOf } from '../conf/index.ts'
import type { Entry, PlacedOptions } from './entry.ts'
import { type DatasetKind, ENTRY_FIELDS, type FieldTable, fieldNamed, LOAD_FIELDS, namesFor, SAVE_FIELDS } from './fields.ts'
import { OptionDraft } from './option-draft.ts'
import { factOf, type Problem, suggestion } from './problem.ts'
import { schemaOf } from './schema-spec.ts'
import { OWN_TYPES, type TypeMeaning, typeMeaning } from './type-names.ts'
import { modeOf, namesOf, outputModeOf, textOf, triggerOf } from './values.ts'

/** What entries are read with. */
export interface EntryContext {
  readonly root: string
  readonly platform: Platform
  /** `credentials.yml`, references filled in when they are needed. */
  readonly credentials: (name: string) => ConfNode | undefined
  readonly credentialNames: readonly string[]
  /** Types of the project's own (`defineDataset`). */
  readonly ownTypes: ReadonlySet<string>
}

export interface ReadEntry {
  /** Absent where the type is not known: nothing else can be said then. */
  readonly entry?: Entry
  readonly problems: readonly Problem[]
}

/** Reads one entry with its references filled in; finds everything that is wrong with it instead of stopping at the first. */
export async function readEntry(name: string, at: ConfEntry, context: EntryContext, pattern?: string): Promise<ReadEntry> {
  const reader = new EntryReader(name, at, context, pattern)
  const entry = await reader.read()
  return { ...(entry && { entry }), problems: reader.problems }
}

const NO_OPTIONS: PlacedOptions = { values: {}, places: new Map() }
const ABSENT: ConfMap = { kind: 'map', entries: new Map(), place: { file: '', line: 0, column: 0 } }

class EntryReader {
  readonly problems: Problem[] = []
  readonly #name: string
  readonly #at: ConfEntry
  readonly #context: EntryContext
  readonly #pattern: string | undefined

  constructor(name: string, at: ConfEntry, context: EntryContext, pattern: string | undefined) {
    this.#name = name
    this.#at = at
    this.#context = context
    this.#pattern = pattern
  }

  #wrong(place: Place, text: string, fix?: string): undefined {
    this.problems.push({ severity: 'error', place, name: this.#name, text, ...(fix && { fix }) })
  }

  async read(): Promise<Entry | undefined> {
    const { node } = this.#at
    if (node.kind !== 'map')
      return this.#wrong(node.place, 'an entry is a mapping with a type', 'Write "type: stream" and "format: …" below it')
    const type = node.entries.get('type')
    if (!type) return this.#wrong(this.#at.key, 'the entry has no type', 'Write "type: stream" or "type: table" below it')
    const written = plainOf(type.node)
    if (typeof written !== 'string') return this.#wrong(type.node.place, 'the type must be a name')
    if (this.#context.ownTypes.has(written)) return this.#entry(node, written, { kind: 'custom' }, new Map())
    const meaning = typeMeaning(written)
    if (!meaning) {
      // Of foreign names only those near are told; the own ones are few.
      const known = [
        ...Object.keys(OWN_TYPES),
        ...this.#context.ownTypes,
        'spark.SparkStreamingDataset',
        'spark.SparkDataset',
        'pandas.CSVDataset',
      ]
      const all = [...Object.keys(OWN_TYPES), ...this.#context.ownTypes].map(n => `"${n}"`).join(', ')
      return this.#wrong(
        type.node.place,
        `there is no type "${written}"${suggestion(written, known)}`,
        `Types are ${all} and those of defineDataset in settings.ts`,
      )
    }
    return this.#entry(node, written, meaning, this.#fields(node, ENTRY_FIELDS, meaning))
  }

  /** The fields of a mapping by their own names; unknown ones and those of another kind are told. */
  #fields(map: ConfMap, table: FieldTable, meaning: TypeMeaning): Map<string, ConfEntry> {
    const found = new Map<string, ConfEntry>()
    for (const [key, at] of map.entries) {
      const field = fieldNamed(table, key)
      if (!field)
        this.#wrong(at.key, `there is no field "${key}"${suggestion(key, namesFor(table, meaning.kind))}`, this.#elsewhere(key, meaning))
      else if (!field.spec.kinds.includes(meaning.kind)) this.#wrong(at.key, `a ${meaning.kind} takes no "${key}"`, NOT_FOR[key])
      else if (found.has(field.name)) this.#wrong(at.key, `"${key}" stands twice, as "${field.name}" and in another spelling`)
      else found.set(field.name, at)
    }
    return found
  }

  #elsewhere(key: string, { kind }: TypeMeaning): string | undefined {
    if (fieldNamed(SAVE_FIELDS, key)?.spec.kinds.includes(kind)) return `Write it under save_args`
    return kind === 'stream' || kind === 'table' ? 'Options of the connector stand under load_args, save_args or options' : undefined
  }

  async #entry(map: ConfMap, type: string, meaning: TypeMeaning, fields: ReadonlyMap<string, ConfEntry>): Promise<Entry | undefined> {
    const format = this.#text(fields, 'format') ?? meaning.format ?? ''
    const connector = await this.#connector(format, meaning, map, fields)
    const load = this.#map(fields, 'load_args')
    const save = this.#map(fields, 'save_args')
    const saves = this.#own(save, SAVE_FIELDS, meaning)
    const secrets = new Set<string>()
    const path = this.#text(fields, 'path')
    const columns = this.#own(load, LOAD_FIELDS, meaning).get('schema') ?? fields.get('schema')
    const schema = columns && (await this.#schema(columns))
    const trigger = this.#read(saves, 'trigger', triggerOf)
    const versioned =
      this.#read(fields, 'versioned', node => (node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined)) ?? false
    const singleFile = this.#read(fields, 'single_file', node =>
      node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined,
    )
    const checkpoint = this.#text(saves, 'checkpoint')
    const mode = this.#read(saves, 'mode', modeOf) ?? meaning.mode ?? 'error'
    const sides = connector ? this.#options(connector, meaning, fields, { load, save }, secrets) : { load: NO_OPTIONS, save: NO_OPTIONS }
    return Object.freeze({
      name: this.#name,
      kind: meaning.kind,
      type,
      format,
      ...(path !== undefined && { path: this.#absolute(path) }),
      ...(schema && { schema }),
      ...sides,
      outputMode: this.#read(saves, 'output_mode', outputModeOf) ?? 'append',
      ...(checkpoint !== undefined && { checkpoint: this.#absolute(checkpoint) }),
      ...(trigger && { trigger }),
      queryName: this.#text(saves, 'query_name') ?? this.#name,
      partitionBy: this.#read(saves, 'partition_by', namesOf) ?? [],
      mode,
      versioned,
      singleFile: singleFile ?? meaning.singleFile ?? false,
      secrets,
      place: this.#at.key,
      ...(this.#pattern !== undefined && { pattern: this.#pattern }),
      fields: map,
    })
  }

  async #connector(
    format: string,
    { kind }: TypeMeaning,
    map: ConfMap,
    fields: ReadonlyMap<string, ConfEntry>,
  ): Promise<ConnectorDescription | undefined> {
    if (kind !== 'stream' && kind !== 'table') return undefined
    const place = fields.get('format')?.node.place ?? map.entries.get('type')?.key ?? map.place
    if (format === '') return this.#wrong(place, 'the format is missing', 'Write "format: csv", json, parquet, kafka, … below it')
    const connector = await describeConnector(format)
    if (connector) return connector
    const names = await connectorNames()
    return this.#wrong(place, `there is no format "${format}"${suggestion(format, names)}`, `Formats are ${names.join(', ')}`)
  }

  #options(
    connector: ConnectorDescription,
    { kind, load: presetLoad = {}, save: presetSave = {}, arguments: dialect }: TypeMeaning,
    fields: ReadonlyMap<string, ConfEntry>,
    { load, save }: { readonly load: ConfMap; readonly save: ConfMap },
    secrets: Set<string>,
  ): { readonly load: PlacedOptions; readonly save: PlacedOptions } {
    const mode = kind === 'stream' ? 'stream' : 'batch'
    const told = (place: Place, text: string): void => void this.#wrong(place, text)
    const draft = new OptionDraft(connector, mode, { presetLoad, presetSave }, told)
    draft.both(this.#map(fields, 'options'))
    const credentials = this.#credentials(fields)
    if (credentials) draft.both(credentials, secrets)
    draft.side('load', without(load, LOAD_FIELDS, kind), dialect)
    draft.side('save', without(save, SAVE_FIELDS, kind), dialect)
    const absolute = (path: string): string => this.#absolute(path)
    return { load: draft.done('load', absolute), save: draft.done('save', absolute) }
  }

  #credentials(fields: ReadonlyMap<string, ConfEntry>): ConfMap | undefined {
    const name = this.#text(fields, 'credentials')
    if (name === undefined) return undefined
    const { credentials, credentialNames } = this.#context
    const { place } = fields.get('credentials')!.node
    const found = credentials(name)
    if (found?.kind === 'map') return found
    if (found) return this.#wrong(place, `the credentials "${name}" must be a mapping of options`)
    return this.#wrong(
      place,
      `there are no credentials "${name}"${suggestion(name, credentialNames)}`,
      'Write them into conf/local/credentials.yml',
    )
  }

  async #schema({ node }: ConfEntry): Promise<StructType | undefined> {
    try {
      return await schemaOf(node, this.#context.root, this.#context.platform)
    } catch (error) {
      if (!isMillraceError(error)) throw error
      const [, ...details] = error.message.split('\n')
      return this.#wrong(
        node.place,
        `the schema cannot be read: ${[factOf(error), ...details.slice(0, -1)].join(' ')}`,
        error.hint.replace(/\.$/, ''),
      )
    }
  }

  #own(map: ConfMap, table: FieldTable, { kind }: TypeMeaning): Map<string, ConfEntry> {
    const found = new Map<string, ConfEntry>()
    for (const [key, at] of map.entries) {
      const field = fieldNamed(table, key)
      // A name that another kind's table has may still be an option of the connector: csv has a mode.
      if (field?.spec.kinds.includes(kind)) found.set(field.name, at)
    }
    return found
  }

  #map(fields: ReadonlyMap<string, ConfEntry>, name: string): ConfMap {
    const node = fields.get(name)?.node
    if (!node || (node.kind === 'scalar' && node.value === null)) return ABSENT
    if (node.kind === 'map') return node
    this.#wrong(node.place, `"${name}" must be a mapping of options`)
    return ABSENT
  }

  #text(fields: ReadonlyMap<string, ConfEntry>, name: string): string | undefined {
    return this.#read(fields, name, textOf)
  }

  #read<T>(fields: ReadonlyMap<string, ConfEntry>, name: string, read: (node: ConfNode) => T | undefined): T | undefined {
    const at = fields.get(name)
    if (!at) return undefined
    const value = read(at.node)
    if (value !== undefined) return value
    const spec = { ...ENTRY_FIELDS, ...SAVE_FIELDS }[name as keyof typeof ENTRY_FIELDS]
    return this.#wrong(at.node.place, `"${name}" cannot be ${shown(plainOf(at.node))}`, spec?.describe.replace(/\.$/, ''))
  }

  /** URIs and absolute paths stay. */
  #absolute(path: string): string {
    return /^[a-z][a-z0-9+.-]+:/i.test(path) || isAbsolute(path) ? path : join(this.#context.root, path)
  }
}

const NOT_FOR: Readonly<Record<string, string>> = {
  versioned: 'A stream goes on where it was: its history is its checkpoint. Versions are for tables',
}

/** The options alone. */
function without(map: ConfMap, table: FieldTable, kind: DatasetKind): ConfMap {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => !fieldNamed(table, key)?.spec.kinds.includes(kind))) }
}

const shown = (value: ConfValue): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value))
