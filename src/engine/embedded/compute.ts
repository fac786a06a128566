import type { Compute, Computed, Output, Scan } from '../../connectors/contract.ts'
import type { Relation } from '../../plan/index.ts'
import { openBatchRun, runBatch } from './collect.ts'
import type { EmbeddedEngine } from './engine.ts'
import { openOutput } from './outputs.ts'

let computed = 0

const isScan = (input: Scan | Output): input is Scan => 'kind' in input

/** What a connector asks the engine to work out: in the instance of the output it reads, else in the session's own. */
export const computeWith =
  (engine: EmbeddedEngine): Compute =>
  async (inputs, plan, { signal = new AbortController().signal } = {}): Promise<Computed> => {
    const name = `computed${computed++}`
    const scans = new Map<string, Scan>()
    const relations = inputs.map((input, i): Relation => {
      const ref = isScan(input) ? `${name}-${i}` : input.ref
      if (isScan(input)) scans.set(ref, input)
      return Object.freeze({ kind: 'extension', name: 'BatchOutput', ref, schema: input.schema, planId: -1 - i })
    })
    const analyzed = await engine.analysis.analyze(plan(relations))
    const batch = await openBatchRun(analyzed, engine, signal, 'a connector', scans)
    try {
      const { main } = await runBatch(batch)
      const { platform } = engine.config
      return openOutput(`${name}-0-main`, main, engine.outputs, { platform, timeZone: engine.timeZone })
    } finally {
      await batch.close()
    }
  }
