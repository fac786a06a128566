import type { Batch, DataFrame, Streaming } from '../../api/index.ts'
import type { RowOfDdl } from '../../types/index.ts'

/**
 * The data sets of a project and what nodes get for them. `millrace catalog types` writes a `.d.ts` that adds to it, so that a column which is not
 * there does not compile:
 *
 *     declare module 'millrace/project' {
 *       interface CatalogTypes { raw_json: StreamOf<'sku string, quantity int'> }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: projects add to it
export interface CatalogTypes {}

/** A stream with the columns of a DDL text. */
export type StreamOf<Ddl extends string> = DataFrame<RowOfDdl<Ddl>, Streaming>
/** A batch frame with the columns of a DDL text. */
export type TableOf<Ddl extends string> = DataFrame<RowOfDdl<Ddl>, Batch>

/** What a node gets for a name: as the catalog's types say, anything where they say nothing. */
export type Loaded<Name extends string> = Name extends keyof CatalogTypes ? CatalogTypes[Name] : any

/** A name of the catalog (editors offer them), of a memory data set, or `params:a.b` and `parameters`. */
export type DatasetName = (keyof CatalogTypes & string) | (string & {})
