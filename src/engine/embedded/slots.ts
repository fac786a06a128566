import { hasBadRecords } from '../../connectors/bad-records.ts'
import type { Scan } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import type { Analysis } from './analysis.ts'
import type { EmbeddedConfig } from './config.ts'
import { type InputContext, type Provided, provideScan } from './inputs.ts'
import type { Slot } from './lower/lowering.ts'
import type { OpenOutputs } from './outputs.ts'
import { scanFilters } from './scan-filters.ts'

/** Rows of slots that are no stream: sources read once, tables of the session, rows in the plan, outputs of a batch. */
export async function provideSlot(
  slot: Slot,
  to: InputContext,
  config: EmbeddedConfig,
  analysis: Analysis,
  outputs: OpenOutputs,
): Promise<Provided> {
  const feed = (schema: Parameters<typeof to.duck.feeds.add>[0], batches: Parameters<typeof to.duck.feeds.add>[1]): Provided => {
    const id = to.duck.feeds.add(schema, batches)
    return { from: `feed(${id})`, rows: batches.reduce((n, b) => n + b.length, 0), release: async () => to.duck.feeds.remove(id) }
  }
  switch (slot.node) {
    case 'local':
      return feed(slot.batch.schema, [slot.batch])
    case 'table': {
      const table = config.memoryTables.get(slot.name)
      if (!table) throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name: slot.name, known: [] })
      return feed(table.schema, table.batches())
    }
    case 'batchOutput': {
      const rows = outputs.find(slot.ref)
      if (rows.duck === to.duck) return { from: rows.from, rows: rows.rowCount, release: async () => {} }
      throw new MillraceError('NOT_SUPPORTED', { what: 'one plan over batches of two queries', instead: 'Collect one of them first.' })
    }
    case 'source': {
      const connector = await analysis.connector(slot.format)
      if (!connector.scan) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: slot.format, side: 'reading' })
      if (hasBadRecords(slot.options)) {
        throw new MillraceError('OPTION_ON_WRONG_SIDE', { option: 'badRecords', format: slot.format, given: 'read', belongs: 'readStream' })
      }
      const scan = await connector.scan({
        platform: config.platform,
        options: slot.options,
        paths: slot.paths,
        schema: slot.schema,
        conf: config.conf,
        store: config.store,
        ...(config.compute && { compute: config.compute }),
        warn: config.warn,
        filters: scanFilters(slot),
      })
      return withRelease(await provideScan(scan, to), scan)
    }
    case 'host':
      throw new MillraceError('INTERNAL', { what: 'a host step has no rows of its own' })
  }
}

/** What was copied for the scan goes with its rows. */
export function withRelease(provided: Provided, scan: Scan): Provided {
  const release = scan.kind === 'files' ? scan.release : undefined
  if (!release) return provided
  return { ...provided, release: () => provided.release().finally(release) }
}
