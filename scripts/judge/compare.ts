import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isMillraceError } from '../../src/errors/index.ts'
import type { StreamingQueryProgress } from '../../src/observe/index.ts'
import { canonicalExpected, canonicalRows } from './canonical.ts'
import { type ExpectedBatch, type ExpectedError, PHASES } from './case.ts'
import type { Stage } from './stage.ts'

/** Compares by Spark's class: the error's own, or that of any error along its chain of causes. */
function sameCondition(error: unknown, expected: string): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (isMillraceError(e)) {
      const classes = [e.condition, e.sparkClass].filter(c => c !== undefined)
      if (classes.some(c => c === expected || expected.startsWith(`${c}.`))) return true
    }
  }
  return false
}

export function checkError(error: unknown, phase: (typeof PHASES)[number], expected: ExpectedError): string | undefined {
  if (PHASES.indexOf(phase) > PHASES.indexOf(expected.phase)) return `refused in phase ${phase}, Spark refuses in phase ${expected.phase}`
  const wanted = expected.condition
    ? [expected.condition]
    : (expected.chain ?? []).map(c => c.condition).filter(c => c !== undefined && c !== 'STREAM_FAILED')
  const message = expected.chain?.at(-1)?.message ?? expected.message
  if (wanted.length === 0 && message !== undefined) {
    const told = message.replace(/^(assertion|requirement) failed: /, '')
    return error instanceof Error && fullMessage(error).includes(told)
      ? undefined
      : `expected the message "${told}", got ${describe(error)}`
  }
  return wanted.some(w => sameCondition(error, w!)) ? undefined : `expected ${wanted.join(' or ')}, got ${describe(error)}`
}

function fullMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${fullMessage(error.cause)}` : error.message
}
export const describe = (error: unknown): string =>
  error instanceof Error ? fullMessage(error).split('\n').slice(0, 3).join(' / ') : String(error)

const OPERATOR_KEYS = ['operatorName', 'numRowsTotal', 'numRowsUpdated', 'numRowsRemoved', 'numRowsDroppedByWatermark'] as const

export function compareBatch(stage: Stage, want: ExpectedBatch, got: StreamingQueryProgress): string | undefined {
  const at = `batch ${want.batchId}`
  const differs = (what: string, a: unknown, b: unknown): string | undefined =>
    JSON.stringify(a) === JSON.stringify(b) ? undefined : `${at}: ${what} should be ${JSON.stringify(a)}, is ${JSON.stringify(b)}`
  const operators = (list: readonly object[]): unknown => list.map(o => OPERATOR_KEYS.map(k => (o as Record<string, unknown>)[k]))
  const offsets = (list: ExpectedBatch['sources']): unknown => list?.map(s => [s.startOffset, s.endOffset, s.numInputRows])
  const { nulls: _, ...eventTime } = got.eventTime ?? {}
  return (
    differs('batchId', want.batchId, got.batchId) ??
    differs('numInputRows', want.numInputRows, got.numInputRows) ??
    differs('eventTime', sorted(want.eventTime ?? {}), sorted(eventTime)) ??
    differs('stateOperators', operators(want.stateOperators), operators(got.stateOperators)) ??
    (want.sources ? differs('sources', offsets(want.sources), offsets(got.sources as ExpectedBatch['sources'])) : undefined) ??
    (want.observedMetrics ? differs('observedMetrics', inOrder(want.observedMetrics), inOrder(got.observedMetrics)) : undefined) ??
    compareRows(stage, want, at)
  )
}
/** With keys in one order, whatever the depth. */
const inOrder = (v: unknown): unknown =>
  v !== null && typeof v === 'object' && !Array.isArray(v)
    ? Object.entries(v)
        .map(([k, e]) => [k, inOrder(e)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
    : v
const sorted = (o: Readonly<Record<string, unknown>>): unknown => Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1))

function compareRows(stage: Stage, want: ExpectedBatch, at: string): string | undefined {
  if (want.rows === undefined) return undefined
  const got = stage.rows.get(want.batchId)
  if (!got) return want.rows.length === 0 ? undefined : `${at}: no rows were handed over`
  const expected = canonicalExpected(got.schema, want.rows)
  const actual = canonicalRows(got.schema, got.batches)
  const ordered = stage.case_.rowsOrdered === true
  const a = ordered ? expected : [...expected].sort()
  const b = ordered ? actual : [...actual].sort()
  return a.join('\n') === b.join('\n') ? undefined : `${at}: rows should be\n    ${a.join('\n    ')}\n  are\n    ${b.join('\n    ')}`
}

/** Offsets, watermarks and structure of the log files; ids, timestamps, settings and our own keys are not compared. */
function canonicalLog(path: string, text: string, root: string): string {
  if (path === 'metadata') return Object.keys(JSON.parse(text) as object).join()
  const [version, ...rest] = text.replaceAll(`file://${root}/in`, '/CASE/in').replaceAll(root, '/CASE').split('\n')
  const parsed = rest.map(line => {
    if (!line.startsWith('{')) return line
    const { batchTimestampMs, conf, millrace, timestamp, modificationTime, ...kept } = JSON.parse(line) as Record<string, unknown>
    if (typeof kept['path'] === 'string') kept['path'] = ''
    return JSON.stringify({ ...kept, ...(conf === undefined ? {} : { conf: Object.keys(conf as object).sort() }) })
  })
  return [version, ...parsed].join('\n')
}

export async function tree(root: string, below = ''): Promise<string[]> {
  const names = await readdir(join(root, below), { withFileTypes: true }).catch(() => [])
  const nested = await Promise.all(names.map(n => (n.isDirectory() ? tree(root, join(below, n.name)) : [join(below, n.name)])))
  return nested.flat()
}

export async function compareCheckpoint(stage: Stage): Promise<string | undefined> {
  const expected = stage.case_.checkpoint?.files
  if (!expected) return undefined
  const ours = (p: string): boolean =>
    !p.startsWith('millrace/') &&
    !p.startsWith('state/') &&
    !relative('.', p)
      .split('/')
      .some(part => part.startsWith('.'))
  const names = (await tree(stage.checkpoint)).filter(ours).sort()
  const wanted = Object.keys(expected).filter(ours).sort()
  if (names.join() !== wanted.join()) return `checkpoint should hold ${wanted}, holds ${names}`
  for (const name of wanted) {
    const text = await readFile(join(stage.checkpoint, name), 'utf8')
    const [a, b] = [canonicalLog(name, expected[name]!, '/CASE'), canonicalLog(name, text, stage.root)]
    if (a !== b) return `checkpoint ${name} should be\n    ${a.replaceAll('\n', '\n    ')}\n  is\n    ${b.replaceAll('\n', '\n    ')}`
  }
  return undefined
}
