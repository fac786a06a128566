import type { Attribute, Resolved, RWindow } from '../../../../analyze/resolved.ts'
import { walk } from '../../../../analyze/tree.ts'
import { columnName } from '../statement.ts'

/** SQL a key is grouped by, and SQL over that which is the key again. */
export interface GroupKey {
  readonly by: string
  readonly key: string
}

/** A window is known by its start: grouping by one number costs a quarter less than by a struct. */
export function groupKey(attribute: Attribute, input: Resolved): GroupKey {
  const column = columnName(attribute.id)
  const window = attribute.nullable ? undefined : windowOf(attribute, input)
  if (!window) return { by: column, key: column }
  const start = `struct_extract(${column}, 'start')`
  const make = window.time.dataType.kind === 'timestampNtz' ? 'make_timestamp' : 'make_timestamptz'
  return { by: start, key: `struct_pack("start" := ${start}, "end" := ${make}(epoch_us(${start}) + ${window.duration}))` }
}

/** The node that makes the column. */
function windowOf({ id }: Attribute, input: Resolved): RWindow | undefined {
  for (const node of walk(input)) if (node.node === 'window' && node.window.id === id) return node
  return undefined
}
