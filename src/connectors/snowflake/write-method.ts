import { MillraceError } from '../../errors/index.ts'
import type { Proof } from './login/settings.ts'

export type WriteMethod = 'stage' | 'streaming'

interface Given {
  readonly writeMethod: string | undefined
  readonly streaming_stage: string | undefined
  readonly streamingPipe: string | undefined
  readonly sfWarehouse: string | undefined
  readonly proof: Proof['kind']
  readonly outputMode: 'append' | 'update' | 'complete'
}

/**
 * How batches travel, from what is given: what names a stage or a warehouse wants those; a key alone, for appends, wants Snowpipe Streaming.
 *
 * @throws SNOWFLAKE_WRITE_METHOD where streaming is asked for and cannot be; CONFLICTING_OPTIONS
 */
export function writeMethod(given: Given): WriteMethod {
  const { writeMethod: wanted, streaming_stage: stage, streamingPipe: pipe, sfWarehouse, proof, outputMode } = given
  if (stage !== undefined && pipe !== undefined)
    throw conflict(['streaming_stage', 'streamingPipe'], 'one is for writeMethod stage, the other for streaming')
  if (wanted === 'streaming' && stage !== undefined) throw conflict(['writeMethod', 'streaming_stage'], 'Snowpipe Streaming uses no stage')
  if (wanted === 'stage' && pipe !== undefined) throw conflict(['writeMethod', 'streamingPipe'], 'a stage needs no pipe')
  const problem = obstacle(proof, outputMode)
  const asked = wanted === 'streaming' || pipe !== undefined
  if (asked && problem !== undefined) throw new MillraceError('SNOWFLAKE_WRITE_METHOD', { problem })
  if (asked) return 'streaming'
  return wanted === undefined && problem === undefined && stage === undefined && sfWarehouse === undefined ? 'streaming' : 'stage'
}

const conflict = (options: readonly string[], why: string): MillraceError =>
  new MillraceError('CONFLICTING_OPTIONS', { options, format: 'snowflake', why })

function obstacle(proof: Proof['kind'], outputMode: Given['outputMode']): string | undefined {
  if (outputMode !== 'append') return `it only adds rows, and the output mode is "${outputMode}"`
  return proof === 'key' ? undefined : 'it takes key pairs only, and pem_private_key is not given'
}
