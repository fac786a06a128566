import { MillraceError } from '../../errors/index.ts'
import type { QueryDriver, QueryListener, QueryWarning, StreamingQueryProgress } from '../../observe/index.ts'
import type { Relation } from '../../plan/index.ts'
import type { Platform } from '../../platform/index.ts'
import { type StructType, typeName } from '../../types/index.ts'
import { type DataPlace, datasetsOf, placesRead } from './datasets.ts'
import type { LineageOptions } from './options.ts'

const PRODUCER = 'https://github.com/millrace/millrace'
const RUN_EVENT = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'
const SCHEMA_FACET = 'https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json'
const ERROR_FACET = 'https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json'
const WAITING_MOST = 1000

/** What a query was started from. */
export interface StartedFrom {
  readonly plan: Relation
  readonly outputs: readonly DataPlace[]
  readonly schema: () => Promise<StructType>
}
interface Run {
  readonly job: { readonly namespace: string; readonly name: string }
  readonly inputs: readonly unknown[]
  readonly outputs: readonly unknown[]
  toldMs: number
}
type EventType = 'START' | 'RUNNING' | 'COMPLETE' | 'FAIL'

/** OpenLineage RunEvents of queries: START, RUNNING now and then, COMPLETE or FAIL. A run is a start of a query; a job is its name. */
export class Lineage {
  readonly #options: LineageOptions
  readonly #platform: Platform
  readonly #warn: (warning: QueryWarning) => void
  readonly #runs = new Map<string, Run>()
  /** Runs that ended before it was known what they read. */
  readonly #ended = new Map<string, string | undefined>()
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  readonly listener: QueryListener = {
    onQueryProgress: ({ progress }) => this.#progress(progress),
    onQueryTerminated: ({ runId, exception }) => this.#end(runId, exception),
  }

  /** @throws WATCH_OPTION */
  constructor(options: LineageOptions, platform: Platform, warn: (warning: QueryWarning) => void) {
    const { file, url } = options
    if ((file === undefined) === (url === undefined) || (url !== undefined && !URL.canParse(url)))
      throw new MillraceError('WATCH_OPTION', {
        option: 'lineage',
        expected: 'one of { file } and { url }, a whole URL',
        got: Object.keys(options).join(' and ') || 'none',
      })
    this.#options = options
    this.#platform = platform
    this.#warn = warn
  }

  /** A query runs. */
  async started({ id, runId, name }: QueryDriver, { plan, outputs, schema }: StartedFrom): Promise<void> {
    const fields = await schema().then(
      s => s.fields.map(f => ({ name: f.name, type: typeName(f.dataType) })),
      () => undefined,
    )
    const facets = fields ? { schema: { _producer: PRODUCER, _schemaURL: SCHEMA_FACET, fields } } : {}
    this.#runs.set(runId, {
      job: { namespace: this.#options.namespace ?? 'millrace', name: name ?? id },
      inputs: placesRead(plan).flatMap(datasetsOf),
      outputs: outputs.flatMap(datasetsOf).map(dataset => ({ ...dataset, facets })),
      toldMs: 0,
    })
    this.#emit('START', runId)
    if (this.#ended.has(runId)) this.#end(runId, this.#ended.get(runId))
    this.#ended.delete(runId)
  }

  /** What has happened is told before the session ends. */
  close(): Promise<void> {
    return this.#last
  }

  #progress({ runId }: StreamingQueryProgress): void {
    const run = this.#runs.get(runId)
    const now = this.#platform.clock.now()
    if (!run || now - run.toldMs < (this.#options.everyMs ?? 60_000)) return
    run.toldMs = now
    this.#emit('RUNNING', runId)
  }

  #end(runId: string, exception: string | undefined): void {
    if (!this.#runs.has(runId)) {
      this.#ended.set(runId, exception)
      return
    }
    const message = exception?.split('\n', 1)[0]
    const facets = { errorMessage: { _producer: PRODUCER, _schemaURL: ERROR_FACET, message, programmingLanguage: 'TypeScript' } }
    this.#emit(message === undefined ? 'COMPLETE' : 'FAIL', runId, message === undefined ? {} : facets)
    this.#runs.delete(runId)
  }

  #emit(eventType: EventType, runId: string, facets: object = {}): void {
    const { job, inputs, outputs } = this.#runs.get(runId)!
    const eventTime = new Date(this.#platform.clock.now()).toISOString()
    const event = {
      eventType,
      eventTime,
      run: { runId, facets },
      job: { ...job, facets: {} },
      inputs,
      outputs,
      producer: PRODUCER,
      schemaURL: RUN_EVENT,
    }
    // A server that is away must not make the program grow.
    if (this.#waiting >= WAITING_MOST) return
    this.#waiting += 1
    this.#last = this.#last.then(async () => {
      await this.#send(JSON.stringify(event)).catch(error => this.#lost(error))
      this.#waiting -= 1
    })
  }

  async #send(text: string): Promise<void> {
    const { file, url, apiKey } = this.#options
    if (file !== undefined) return this.#platform.files.append(file, new TextEncoder().encode(`${text}\n`))
    const headers = { 'content-type': 'application/json', ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) }
    const response = await fetch(url!, { method: 'POST', headers, body: text, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`it was answered with ${response.status}`)
  }

  #lost(error: unknown): void {
    const { code, message, cause } = error as NodeJS.ErrnoException
    const inner = (cause as NodeJS.ErrnoException | undefined)?.code
    const why = inner ?? code ?? message
    this.#warn({
      code: 'LINEAGE_NOT_DELIVERED',
      message: `an OpenLineage event was lost: ${why}`,
      hint: 'The query goes on. Check "lineage" of the session.',
    })
  }
}
