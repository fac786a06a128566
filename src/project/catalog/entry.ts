import type { TriggerOptions } from '../../api/index.ts'
import type { StructType } from '../../types/index.ts'
import type { ConfMap, Place } from '../conf/index.ts'
import type { DatasetKind } from './fields.ts'

/** Options of one side with the place each stands at. */
export interface PlacedOptions {
  readonly values: Readonly<Record<string, string>>
  readonly places: ReadonlyMap<string, Place>
}

/** One data set as the catalog declares it: plain data, paths absolute, nothing opened. */
export interface Entry {
  readonly name: string
  readonly kind: DatasetKind
  /** As written. */
  readonly type: string
  /** The connector; empty where the kind has none. */
  readonly format: string
  readonly path?: string
  readonly schema?: StructType
  readonly load: PlacedOptions
  readonly save: PlacedOptions
  readonly outputMode: 'append' | 'update' | 'complete'
  readonly checkpoint?: string
  readonly trigger?: TriggerOptions
  readonly queryName: string
  readonly partitionBy: readonly string[]
  readonly mode: 'error' | 'overwrite' | 'append' | 'ignore'
  readonly versioned: boolean
  readonly singleFile: boolean
  /** Names of options that came from credentials.yml: their values are never shown. */
  readonly secrets: ReadonlySet<string>
  readonly place: Place
  /** The factory it was made by. */
  readonly pattern?: string
  /** All fields as written, references filled in: for types of one's own. */
  readonly fields: ConfMap
}
