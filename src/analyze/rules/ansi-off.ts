import { MillraceError } from '../../errors/index.ts'
import { findFunction } from '../../functions/index.ts'
import { type DataType, sqlName } from '../../types/index.ts'
import type { Resolved, TCall, TCast, Typed } from '../resolved.ts'

const KEY = 'spark.sql.ansi.enabled'
/** Whole numbers by size; what comes before fits into what comes after. */
const WIDENING = ['byte', 'short', 'integer', 'long', 'float', 'double']
const FRACTIONS = new Set(['float', 'double'])

/** Operators and what says null instead of failing. */
const TRY: Readonly<Record<string, string>> = {
  '+': 'try_add',
  '-': 'try_subtract',
  '*': 'try_multiply',
  '/': 'try_divide',
  '%': 'try_mod',
  getItem: 'get',
}

/**
 * Without ANSI, Spark turns what fails into null, or wraps it round, without a word. A plan that has nothing which could fail means the same with
 * and without it and is taken; any other is refused, naming for each expression what to write instead.
 */
export function refuseAnsiOff(plan: Resolved, conf: (key: string) => string | undefined): void {
  if (conf(KEY)?.toLowerCase() !== 'false') return
  const found = new Map<string, string>()
  for (const e of expressionsIn(plan)) {
    const instead = e.node === 'cast' ? insteadOfCast(e) : insteadOfCall(e)
    if (instead) found.set(text(e), instead)
  }
  if (found.size === 0) return
  throw new MillraceError(
    'SETTING_REFUSED',
    {
      key: KEY,
      value: 'false',
      why: 'Millrace has Spark’s ANSI meaning only, and what follows would give null (or a wrapped number) unseen',
      instead: `Leave ${KEY} at true and say where null is meant (in the API tryCast, get, tryDivide, …).`,
    },
    { details: [...found].map(([expression, instead]) => `${expression}: write ${instead}`) },
  )
}

function* expressionsIn(node: unknown): Generator<TCast | TCall> {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return
  const typed = node as Partial<Typed>
  if (typed.node === 'cast' || typed.node === 'call') yield node as TCast | TCall
  for (const part of Object.values(node)) yield* expressionsIn(part)
}

function insteadOfCast(e: TCast): string | undefined {
  return e.mode === 'ansi' && canFail(e.expr.dataType, e.dataType) ? `try_cast(${text(e.expr)} AS ${sqlName(e.dataType)})` : undefined
}

function canFail(from: DataType, to: DataType): boolean {
  if (from.kind === to.kind && from.kind !== 'decimal') return false
  if (to.kind === 'string' || from.kind === 'null') return false
  if (from.kind === 'string') return to.kind !== 'binary'
  const [a, b] = [WIDENING.indexOf(from.kind), WIDENING.indexOf(to.kind)]
  if (a >= 0 && b >= 0) return b < a
  return to.kind === 'decimal' || (from.kind === 'decimal' && b >= 0 && !FRACTIONS.has(to.kind)) || (from.kind === 'timestamp' && b >= 0)
}

function insteadOfCall(e: TCall): string | undefined {
  const name = TRY[e.fn] ?? (findFunction(`try_${e.fn}`) && `try_${e.fn}`)
  if (name === undefined || !mayFail(e)) return undefined
  return `${name}(${e.args.map(text).join(', ')})`
}

function mayFail({ fn, args, dataType }: TCall): boolean {
  if (fn === 'getItem') return args[0]!.dataType.kind === 'array'
  const divisor = fn === '/' || fn === '%' ? args[1] : undefined
  if (divisor) return divisor.node !== 'literal' || divisor.value === null || Number(divisor.value) === 0
  // Sums and products of fractions give infinity, they do not overflow.
  return !FRACTIONS.has(dataType.kind) || !['+', '-', '*', 'sum', 'avg'].includes(fn)
}

/** The expression as SQL text, near enough to be found in the program. */
function text(e: Typed): string {
  if (e.node === 'attribute') return e.name
  if (e.node === 'literal') return typeof e.value === 'string' ? `'${e.value}'` : String(e.value)
  if (e.node === 'cast') return `CAST(${text(e.expr)} AS ${sqlName(e.dataType)})`
  if (e.node === 'getField') return `${text(e.child)}.${e.field}`
  if (e.node !== 'call') return '…'
  if (e.fn === 'getItem') return `${text(e.args[0]!)}[${text(e.args[1]!)}]`
  return /\w/.test(e.fn) || e.args.length !== 2
    ? `${e.fn}(${e.args.map(text).join(', ')})`
    : `(${text(e.args[0]!)} ${e.fn} ${text(e.args[1]!)})`
}
