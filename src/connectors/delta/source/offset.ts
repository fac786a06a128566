import { MillraceError } from '../../../errors/index.ts'
import type { Offset } from '../../contract.ts'

/**
 * A place in a table's history: behind file `index` of a version (-1: before its first). `initial`: files of the whole table as it was in that
 * version, else those that the version added.
 */
export interface Position {
  readonly version: number
  readonly index: number
  readonly initial: boolean
}

export const START = -1

/** As Delta's own source writes it. */
export const printOffset = ({ version, index, initial }: Position, tableId: string): Offset =>
  JSON.stringify({ sourceVersion: 1, reservoirId: tableId, reservoirVersion: version, index, isStartingVersion: initial })

/** Reads Delta's offsets of versions 1 and 3. @throws DELTA_SOURCE_OFFSET, DELTA_SOURCE_OTHER_TABLE */
export function readOffset(text: Offset, tableId: string, path: string): Position {
  const json = parsed(text)
  const { sourceVersion, reservoirId, reservoirVersion, index, isStartingVersion } = json
  if (typeof sourceVersion !== 'number' || sourceVersion > 3) refuse(text, `its sourceVersion is ${String(sourceVersion)}`)
  if (typeof reservoirVersion !== 'number' || typeof index !== 'number') refuse(text, 'it names no version and index')
  if (reservoirId !== tableId) throw new MillraceError('DELTA_SOURCE_OTHER_TABLE', { path, was: String(reservoirId), is: tableId })
  // The third version counts from -100.
  return {
    version: reservoirVersion,
    index: index < 0 ? START : index,
    initial: isStartingVersion === true || isStartingVersion === 'true',
  }
}

function parsed(text: Offset): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return refuse(text, 'it is no JSON')
  }
}
function refuse(text: string, why: string): never {
  throw new MillraceError('DELTA_SOURCE_OFFSET', { text, why })
}

/** Does `a` lie before `b`? */
export const isBefore = (a: Position, b: Position): boolean =>
  a.version !== b.version ? a.version < b.version : a.initial !== b.initial ? a.initial : a.index < b.index
