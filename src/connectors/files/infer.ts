import { MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import type { ConnectorContext } from '../contract.ts'
import type { FormatName } from './format-options.ts'
import type { FoundFile } from './partition.ts'

/** The data columns of files, found out from the data. */
export async function inferSchema(format: FormatName, _files: readonly FoundFile[], _context: ConnectorContext): Promise<StructType> {
  throw new MillraceError('SCHEMA_REQUIRED', { format })
}
