import type { Relation } from '../../../plan/index.ts'
import { field, stringType, structType } from '../../../types/index.ts'
import type { Output } from '../../contract.ts'
import type { Action, AddFile } from '../log/actions.ts'
import type { TableState } from '../log/table-state.ts'
import { layoutOf, scanOf } from '../read/scan-files.ts'
import { type Target, writeData } from './data-files.ts'
import { filter, holds, matched, withText } from './plans.ts'
import type { Going, Tools } from './rewrite.ts'
import type { TableWriter } from './table-writer.ts'

const TYPE = '_change_type'
/** Where change files lie below the table. */
const DIRECTORY = '_change_data/'

/** A kind of change and the rows it happened to. */
type Part = readonly [type: string, rows: (old: Relation, fresh: Relation) => Relation]

/** What becomes of rows, by kind: before and after where a row has another's keys, gone and come where a condition chose. */
function partsOf(going: Going): readonly Part[] {
  if ('where' in going) {
    return [
      ['delete', old => filter(old, holds(going.where))],
      ['insert', (_, fresh) => fresh],
    ]
  }
  const { keys } = going
  return [
    ['update_preimage', (old, fresh) => matched(old, fresh, keys, 'JOIN_TYPE_LEFT_SEMI')],
    ['update_postimage', (old, fresh) => matched(fresh, old, keys, 'JOIN_TYPE_LEFT_SEMI')],
    ['insert', (old, fresh) => matched(fresh, old, keys, 'JOIN_TYPE_LEFT_ANTI')],
  ]
}

/**
 * The change files of a version that rewrites files, where the table keeps a change feed: without them a reader would take every row of a rewritten
 * file for deleted and inserted.
 */
export async function changeFiles(
  going: Going,
  fresh: Output,
  touched: readonly AddFile[],
  state: TableState,
  target: Target,
  writer: TableWriter,
  { files, compute, signal }: Tools,
): Promise<readonly Action[]> {
  if (touched.length === 0 || state.property('delta.enableChangeDataFeed') !== 'true') return []
  const into: Target = { ...target, directory: DIRECTORY, schema: structType([...target.schema.fields, field(TYPE, stringType)]) }
  const actions: Action[] = []
  for (const [type, rows] of partsOf(going)) {
    const scan = await scanOf(touched, layoutOf(state), files)
    const changed = await compute([scan, fresh], ([old, rest]) => withText(rows(old!, rest!), TYPE, type), signal ? { signal } : {})
    try {
      const written = await writeData(changed, into, writer)
      actions.push(...written.map(({ path, partitionValues, size }) => ({ cdc: { path, partitionValues, size, dataChange: false } })))
    } finally {
      await changed.close()
    }
  }
  return actions
}
