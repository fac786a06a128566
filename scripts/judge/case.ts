import type { StreamWrite } from '../../src/engine/contract.ts'
import { parseDdl } from '../../src/types/index.ts'

/** A case of `golden/spark` as its README describes it. */
export interface Case {
  readonly name: string
  readonly spark: { readonly conf: Readonly<Record<string, string>> }
  readonly outputMode: StreamWrite['outputMode']
  readonly sink: string
  readonly trigger?:
    | string
    | { readonly availableNow?: boolean; readonly once?: boolean; readonly processingTime?: string; readonly continuous?: string }
  readonly partitionBy?: readonly string[]
  readonly sinkOptions?: Readonly<Record<string, string>>
  readonly streams: Readonly<Record<string, StreamSpec>>
  readonly statics?: Readonly<Record<string, StaticSpec>>
  /** Temporary views by name, as plans. */
  readonly views?: Readonly<Record<string, unknown>>
  readonly outputSchema?: string
  readonly rowsOrdered?: boolean
  readonly plan: unknown
  readonly steps: readonly Step[]
  readonly checkpoint?: { readonly files?: Readonly<Record<string, string>>; readonly stateFileNames?: readonly string[] }
  /** Texts of a file sink's directory by path, bare or under `files`; null for what is no text. */
  readonly sinkDirectory?: Readonly<Record<string, unknown>>
}
export interface StreamSpec {
  readonly schema?: string
  readonly format?: string
  readonly options?: Readonly<Record<string, string>>
}
export interface StaticSpec {
  readonly schema: string
  readonly rows: readonly (readonly unknown[])[]
}
export interface Step {
  readonly input?: Readonly<Record<string, readonly unknown[]>>
  readonly files?: readonly { readonly stream: string; readonly name: string; readonly mtime?: number; readonly rows: readonly unknown[] }[]
  readonly delete?: readonly { readonly stream: string; readonly name: string }[]
  readonly restart?: {
    readonly conf?: Readonly<Record<string, string>>
    readonly plan?: unknown
    readonly outputMode?: StreamWrite['outputMode']
    readonly trigger?: Case['trigger']
  }
  readonly expect: {
    readonly batches?: readonly ExpectedBatch[]
    readonly error?: ExpectedError
    readonly inputFilesLeft?: Readonly<Record<string, readonly string[]>>
  }
}
export interface ExpectedBatch {
  readonly batchId: number
  readonly numInputRows: number
  readonly rows?: readonly unknown[]
  readonly eventTime?: Readonly<Record<string, string>>
  readonly stateOperators: readonly Readonly<Record<string, unknown>>[]
  readonly observedMetrics?: Readonly<Record<string, unknown>>
  readonly sources?: readonly { readonly startOffset: unknown; readonly endOffset: unknown; readonly numInputRows: number }[]
}
export interface ExpectedError {
  readonly phase: 'build' | 'start' | 'run'
  readonly condition?: string | null
  readonly message?: string
  readonly chain?: readonly { readonly class: string; readonly condition?: string; readonly message?: string }[]
}

export const PHASES = ['build', 'start', 'run'] as const

export interface ValidityTable {
  readonly spark: Case['spark']
  readonly streams: Case['streams']
  readonly statics: Case['statics']
  readonly rows: readonly {
    readonly name: string
    readonly plan: unknown
    readonly outputMode: StreamWrite['outputMode']
    readonly sink: string
    readonly accepted: boolean
    readonly phase?: ExpectedError['phase']
    readonly error?: { readonly condition?: string; readonly message?: string }
  }[]
}

/** One row of the table is a case of one step, with one row waiting in each stream. */
export function validityCases(table: ValidityTable): Case[] {
  const waiting = (spec: StreamSpec): unknown =>
    Object.fromEntries(
      parseDdl(spec.schema!).fields.map(f => [
        f.name,
        f.dataType.kind === 'timestamp' ? '2026-01-01T12:00:00Z' : f.dataType.kind === 'long' ? 1 : 'a',
      ]),
    )
  // The table's description says it: `sv` is a view of the stream `e`.
  const e = table.streams['e']
  const views = e
    ? { sv: { read: { dataSource: { format: e.format ?? 'json', schema: e.schema, paths: ['stream:e'] }, isStreaming: true } } }
    : {}
  return table.rows.map(row => ({
    views,
    name: `${row.name}, ${row.outputMode}, ${row.sink}`,
    spark: table.spark,
    outputMode: row.outputMode,
    sink: row.sink,
    trigger: { availableNow: true },
    streams: table.streams,
    ...(table.statics ? { statics: table.statics } : {}),
    plan: row.plan,
    steps: [
      {
        input: Object.fromEntries(Object.entries(table.streams).map(([n, spec]) => [n, [waiting(spec)]])),
        expect: row.accepted
          ? {}
          : { error: { phase: row.phase ?? 'start', ...(row.error?.condition ? { condition: row.error.condition } : {}) } },
      },
    ],
  }))
}
