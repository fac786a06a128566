import { typeName } from '../../types/index.ts'
import { describeConnector } from '../../wiring.ts'
import type { Entry, PlacedOptions } from './entry.ts'

const HIDDEN = '*********(redacted)'

/** Options as they may be shown: what the connector calls a secret, and everything from credentials.yml, is masked. */
export async function shownOptions(entry: Entry, options: PlacedOptions): Promise<Readonly<Record<string, string>>> {
  const connector = entry.format === '' ? undefined : await describeConnector(entry.format)
  const shown = connector?.shown(options.values) ?? options.values
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, entry.secrets.has(name.toLowerCase()) ? HIDDEN : value]))
}

/** An entry for people and for `--json`. */
export async function shownEntry(entry: Entry): Promise<Readonly<Record<string, unknown>>> {
  const { kind, type, format, path, schema, outputMode, checkpoint, trigger, queryName, partitionBy, mode, versioned, singleFile } = entry
  const [load, save] = await Promise.all([shownOptions(entry, entry.load), shownOptions(entry, entry.save)])
  return {
    type,
    ...(type !== kind && { kind }),
    ...(format && { format }),
    ...(path !== undefined && { path }),
    ...(schema && { schema: schema.fields.map(f => ({ name: f.name, type: typeName(f.dataType) })) }),
    ...(Object.keys(load).length > 0 && { load }),
    ...(Object.keys(save).length > 0 && { save }),
    ...(kind === 'stream' && { outputMode, queryName, ...(checkpoint !== undefined && { checkpoint }), ...(trigger && { trigger }) }),
    ...(kind === 'table' && { mode, ...(versioned && { versioned }), ...(singleFile && { singleFile }) }),
    ...(partitionBy.length > 0 && { partitionBy }),
  }
}
