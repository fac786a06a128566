import { type AddFile, removeOf } from '../log/actions.ts'
import type { TableState } from '../log/table-state.ts'
import { layoutOf, scanOf } from '../read/scan-files.ts'
import { writeData } from '../write/data-files.ts'
import { targetOf } from '../write/head.ts'
import { keysOf, type Tools } from '../write/rewrite.ts'
import type { Committed, TableWriter } from '../write/table-writer.ts'

/** Files of one partition that become one. */
type Bin = readonly AddFile[]

/** How much larger files of the next tier are. */
const TIER = 8

/**
 * Small files of each partition, put together up to a size. With `after`, only so many files of about one size: what is put together again and again
 * beside a stream is then written a few times in all, not each time. Reads nothing.
 */
export function planBins(files: Iterable<AddFile>, target: number, after?: number): readonly Bin[] {
  const byPartition = new Map<string, AddFile[]>()
  for (const file of files) {
    if (file.size >= target) continue
    const tier = after === undefined ? 0 : Math.floor(Math.log(Math.max(1, file.size)) / Math.log(TIER))
    const key = `${tier} ${JSON.stringify(file.partitionValues)}`
    const same = byPartition.get(key)
    if (same) same.push(file)
    else byPartition.set(key, [file])
  }
  const enough = [...byPartition.values()].filter(same => same.length >= (after ?? 2))
  return enough.flatMap(same => binsOf(same, target)).filter(bin => bin.length > 1)
}

/** In the order they were written, so that neighbours stay neighbours. */
function binsOf(files: readonly AddFile[], target: number): readonly Bin[] {
  const bins: AddFile[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const file of files.toSorted((a, b) => a.modificationTime - b.modificationTime)) {
    if (size + file.size > target) {
      bins.push([])
      size = 0
    }
    bins.at(-1)!.push(file)
    size += file.size
  }
  return bins
}

/** Makes large files of small ones. Rows stay as they are, and the commit says so: streams over the table read nothing anew. */
export async function optimize(writer: TableWriter, target: number, tools: Tools, after?: number): Promise<Committed | 'done'> {
  return writer.commit(async state => {
    const bins = state ? planBins(state.files.values(), target, after) : []
    if (!state || bins.length === 0) return 'done'
    const fresh: AddFile[] = []
    for (const bin of bins) fresh.push(...(await together(bin, state, writer, tools)))
    const gone = bins.flat()
    const now = writer.platform.clock.now()
    return {
      operation: 'OPTIMIZE',
      parameters: { targetSize: String(target) },
      blind: false,
      read: keysOf(gone),
      actions: [...gone.map(f => ({ remove: removeOf(f, now, false) })), ...fresh.map(add => ({ add: { ...add, dataChange: false } }))],
      metrics: { numRemovedFiles: gone.length, numAddedFiles: fresh.length },
    }
  })
}

async function together(bin: Bin, state: TableState, writer: TableWriter, { files, compute, signal }: Tools): Promise<readonly AddFile[]> {
  const rows = await compute([await scanOf(bin, layoutOf(state), files)], ([all]) => all!, signal ? { signal } : {})
  try {
    const target = targetOf(state.metadata, state.schema, { path: state.path, compression: 'snappy' })
    return await writeData(rows, target, writer)
  } finally {
    await rows.close()
  }
}
