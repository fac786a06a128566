import type { FileStore, Writer } from '../storage/contract.ts'
import { objectLine, textOf, toBytes } from './log-text.ts'
import { idOf, PATHS } from './paths.ts'
import type { StateShape } from './state-shape.ts'

/** What a run's plan was, kept in `millrace/plan/<first batch>.json` when it differs from the run before. */
export interface PlanRecord {
  /** The batch from which on this plan was used. */
  readonly firstBatch: number
  /** The plan as JSON (`planToJson`). */
  readonly plan: unknown
  /** Per source in plan order: the resolved schema in Spark's JSON form; a restart reuses it instead of inferring again. */
  readonly sourceSchemas: readonly unknown[]
  /** Schemas of a registry's subjects that the plan reads and writes by; a restart goes on with them. Absent = none. */
  readonly subjects?: readonly unknown[]
  /** Options of sources and sink, without secrets. */
  readonly options: Readonly<Record<string, unknown>>
  readonly engine: string
  readonly shape: StateShape
}

/** The newest plan record of a checkpoint, or undefined where there is none: the engine takes pinned source schemas from it before it analyses. */
export async function latestPlanRecord(store: FileStore): Promise<PlanRecord | undefined> {
  const ids = (await store.list(PATHS.plans, { shallow: true })).flatMap(object => idOf(object.path, '.json') ?? [])
  if (ids.length === 0) return undefined
  const name = PATHS.plan(Math.max(...ids))
  const bytes = await store.read(name)
  return bytes && (objectLine(`${store.uri}/${name}`, textOf(`${store.uri}/${name}`, bytes)) as unknown as PlanRecord)
}

/** Do two records describe the same plan? Where it begins and how its steps are numbered does not count. */
export const samePlan = (a: PlanRecord, b: PlanRecord): boolean => samePart({ ...a, firstBatch: 0 }, { ...b, firstBatch: 0 })
/** Does a part of two records say the same? */
export const samePart = (a: unknown, b: unknown): boolean => comparable(a) === comparable(b)

/** Plan ids are counted over a whole process: here they are numbered in the order in which they first stand in the plan. */
function comparable(part: unknown): string {
  const ids = new Map<unknown, string>()
  const numbered = JSON.parse(print(part ?? null), (key, value: unknown) => {
    if (key !== 'planId') return value
    const id = ids.get(value) ?? String(ids.size)
    ids.set(value, id)
    return id
  })
  return JSON.stringify(numbered)
}

const print = (record: unknown): string =>
  JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value), 2)

export const writePlanRecord = (store: FileStore, record: PlanRecord, writer: Writer): Promise<void> =>
  store.write(PATHS.plan(record.firstBatch), toBytes(print(record)), writer)
