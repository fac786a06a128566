import { type StructType, structType } from '../../../types/index.ts'
import type { FilesScan, ScanFile } from '../../contract.ts'
import type { AddFile } from '../log/actions.ts'
import { fileSchema, type MappingMode, shownSchema } from '../log/schema.ts'
import type { TableState } from '../log/table-state.ts'
import type { TableFiles } from '../table-files.ts'
import { readVector } from '../vectors/read-vector.ts'
import { partitionOf } from './partition-values.ts'

/** Files opened side by side. */
const AT_ONCE = 16

/** How a table's files are read: its schema, and what its files and partitions are called. */
export interface Layout {
  readonly schema: StructType
  readonly mode: MappingMode
  readonly partitionColumns: readonly string[]
}
export const layoutOf = (state: TableState): Layout => ({
  schema: state.schema,
  mode: state.mode,
  partitionColumns: state.metadata.partitionColumns ?? [],
})

/** A file to read; `constants` are columns of its own beside the table's. */
export type FileToRead = Pick<AddFile, 'path' | 'partitionValues' | 'size' | 'deletionVector'> & {
  readonly modificationTime?: number
  readonly constants?: Readonly<Record<string, string>>
}

/** A scan over files of a table, `extra` columns behind the table's: constants of each file, or columns of the files themselves. */
export async function scanOf(
  files: readonly FileToRead[],
  { schema, mode, partitionColumns }: Layout,
  table: TableFiles,
  extra: StructType = structType([]),
): Promise<FilesScan> {
  const found: ScanFile[] = []
  for (let i = 0; i < files.length; i += AT_ONCE) {
    found.push(...(await Promise.all(files.slice(i, i + AT_ONCE).map(f => scanFile(f, { schema, mode, partitionColumns }, table)))))
  }
  const own = shownSchema(schema)
  return {
    kind: 'files',
    format: 'parquet',
    files: found,
    release: () => table.release(found.map(f => f.path)),
    options: {},
    schema: structType([...own.fields, ...extra.fields]),
    fileSchema: structType([...fileSchema(schema, mode).fields, ...extra.fields]),
  }
}

async function scanFile(file: FileToRead, { schema, mode, partitionColumns }: Layout, table: TableFiles): Promise<ScanFile> {
  const [path, deleted] = await Promise.all([
    table.stage(file.path),
    file.deletionVector ? readVector(file.deletionVector, table) : undefined,
  ])
  const partition = { ...partitionOf(file.partitionValues, partitionColumns, schema, mode), ...file.constants }
  return {
    path,
    size: file.size,
    mtimeMs: file.modificationTime ?? 0,
    ...(Object.keys(partition).length > 0 && { partition }),
    ...(deleted && { deleted }),
  }
}
