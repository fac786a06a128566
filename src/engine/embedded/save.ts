import { MillraceError } from '../../errors/index.ts'
import type { Relation } from '../../plan/index.ts'
import type { BatchWrite } from '../contract.ts'
import { openBatchRun, runBatch } from './collect.ts'
import type { EmbeddedEngine } from './engine.ts'
import { openOutput } from './outputs.ts'

let saves = 0

/** A batch write: the connector stages it and lets it appear whole, or not at all. */
export async function save(plan: Relation, write: BatchWrite, engine: EmbeddedEngine): Promise<void> {
  const { config } = engine
  const analyzed = await engine.analysis.analyze(plan)
  const connector = await engine.analysis.connector(write.format)
  if (!connector.save) throw new MillraceError('FORMAT_SIDE_NOT_SUPPORTED', { format: write.format, side: 'write' })
  connector.checkColumns?.(analyzed.schema, write.partitionBy)
  const batch = await openBatchRun(analyzed, engine, new AbortController().signal, 'write.save()')
  try {
    const result = await runBatch(batch)
    const output = openOutput(`save-${saves++}-0-main`, result.main, engine.outputs, {
      platform: config.platform,
      timeZone: engine.timeZone,
    })
    try {
      await connector.save(
        {
          platform: config.platform,
          options: write.options,
          paths: write.path === undefined ? [] : [write.path],
          schema: analyzed.schema,
          conf: config.conf,
          store: config.store,
          ...(config.compute && { compute: config.compute }),
          warn: config.warn,
          mode: write.mode,
          partitionBy: write.partitionBy,
          ...(write.singleFile && { singleFile: true }),
        } as Parameters<typeof connector.save>[0],
        output,
      )
    } finally {
      await output.close()
    }
  } finally {
    await batch.close()
  }
}
