import type { RowBatch } from '../../../types/index.ts'
import { nameOf, partitionOf } from '../client/partition-name.ts'
import type { Fetcher, OffsetRange, ReadOptions } from '../fetch/contract.ts'
import { type ReportLoss, reportUnread } from './data-loss.ts'
import { inOrder, type Positions } from './positions.ts'

/** What is read between two positions, partition after partition. An end before its start is a loss. */
export function rangesOf(from: Positions, to: Positions, report: ReportLoss): readonly OffsetRange[] {
  const ranges = inOrder(from.keys()).map(name => ({ ...partitionOf(name), from: from.get(name)!, to: to.get(name)! }))
  for (const range of ranges) {
    if (range.to >= range.from) continue
    const params = { topicPartition: nameOf(range), prevOffset: range.from, newOffset: range.to }
    report('KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED', params)
  }
  return ranges.filter(range => range.to > range.from)
}

/** The records of the ranges. The fetcher works beside us, so a loss that ends the query is thrown here, where somebody waits. */
export async function* readRanges(
  fetcher: Fetcher,
  ranges: readonly OffsetRange[],
  report: ReportLoss,
  options: Omit<ReadOptions, 'onDataLoss'>,
): AsyncGenerator<RowBatch, void, undefined> {
  const ends = new Map(ranges.map(range => [nameOf(range), range.to]))
  let failure: unknown
  const check = (): void => {
    if (failure !== undefined) throw failure
  }
  const batches = fetcher.read(ranges, {
    ...options,
    onDataLoss: loss => {
      try {
        reportUnread(report, loss, ends.get(nameOf(loss))!)
      } catch (error) {
        failure ??= error
      }
    },
  })
  for await (const batch of batches) {
    check()
    yield batch
  }
  check()
}
