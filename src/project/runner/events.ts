import type { StreamingQueryProgress } from '../../observe/index.ts'

/** How a node stands at the end of a run. `planned`: its frames went on to other nodes as plans. */
export type NodeState = 'waiting' | 'running' | 'planned' | 'done' | 'started' | 'stopped' | 'ended' | 'failed' | 'skipped'

/** What happens in a run, as it happens: for logs, `--json` and the record of the run. */
export type RunEvent =
  | {
      readonly event: 'run-started'
      readonly runId: string
      readonly pipeline: string
      readonly env: string
      readonly nodes: readonly string[]
    }
  | { readonly event: 'loading'; readonly node: string; readonly dataset: string; readonly what: string }
  | { readonly event: 'running'; readonly node: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | { readonly event: 'saving'; readonly node: string; readonly dataset: string; readonly what: string }
  | { readonly event: 'waiting'; readonly node: string; readonly for: readonly string[] }
  | {
      readonly event: 'node'
      readonly node: string
      readonly state: NodeState
      readonly number: number
      readonly of: number
      readonly reason?: string
    }
  | { readonly event: 'all-started'; readonly streams: number }
  | { readonly event: 'stream-started'; readonly node: string; readonly query: string; readonly runId: string }
  | { readonly event: 'batch'; readonly node: string; readonly query: string; readonly progress: StreamingQueryProgress }
  | {
      readonly event: 'restarting'
      readonly node: string
      readonly query: string
      readonly attempt: number
      readonly of: number
      readonly inMs: number
      readonly reason: string
    }
  | {
      readonly event: 'stream'
      readonly node: string
      readonly query: string
      readonly state: 'ended' | 'stopped' | 'failed'
      readonly reason?: string
      readonly error?: unknown
    }
  | { readonly event: 'error'; readonly error: unknown; readonly node?: string }
  | { readonly event: 'warning'; readonly text: string }
  | {
      readonly event: 'run-ended'
      readonly runId: string
      readonly state: 'succeeded' | 'failed' | 'stopped'
      readonly failed: readonly string[]
    }

export type Tell = (event: RunEvent) => void
