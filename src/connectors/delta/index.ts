import type { Connector } from '../contract.ts'
import { work } from './maintain/work.ts'
import { OPTIONS } from './options.ts'
import { readSchema, scanTable } from './read/scan.ts'
import { rowsThere } from './rows-there.ts'
import { openSink } from './sink.ts'
import { openSource } from './source/open-source.ts'
import { saveTable } from './write/save.ts'

/** Delta Lake tables, by a log of our own. */
export const connector: Connector = {
  name: 'delta',
  summary: 'Delta Lake tables.',
  options: OPTIONS,
  schema: readSchema,
  scan: scanTable,
  source: openSource,
  sink: openSink,
  save: saveTable,
  delivers: () => ({ delivery: 'exactly-once' }),
  work,
  rowsThere,
  keepsSchema: true,
  replayable: true,
}
