import { CONDITIONS, type ConditionName, MillraceError, type ParamsOf } from '../../../errors/index.ts'
import type { Warning } from '../../contract.ts'
import { nameOf } from '../client/partition-name.ts'
import type { DataLoss } from '../fetch/contract.ts'

type Loss = Extract<ConditionName, `KAFKA_DATA_LOSS.${string}`>

/** Says that records were lost: with `failOnDataLoss` it is the end of the query, without it a warning and the query goes on. */
export type ReportLoss = <C extends Loss>(condition: C, params: ParamsOf<C>) => void

export function lossReporter(failOnDataLoss: boolean, warn: (warning: Warning) => void): ReportLoss {
  return (condition, params) => {
    if (failOnDataLoss) throw new MillraceError(condition, params)
    const message = CONDITIONS[condition].message(params as never)
    warn({ code: condition, message, hint: 'Those records are missing. Set failOnDataLoss to true where that must end the query.' })
  }
}

/** What the fetcher could not read, of a range that ends at `to`. */
export function reportUnread(report: ReportLoss, loss: DataLoss, to: number): void {
  const topicPartition = nameOf(loss)
  const { earliest, asked } = loss
  if (earliest === null) report('KAFKA_DATA_LOSS.PARTITIONS_DELETED', { partitions: [topicPartition] })
  else if (earliest > asked) report('KAFKA_DATA_LOSS.START_OFFSET_RESET', { topicPartition, offset: asked, fetchedOffset: earliest })
  else report('KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE', { topicPartition, startOffset: asked, endOffset: to })
}
