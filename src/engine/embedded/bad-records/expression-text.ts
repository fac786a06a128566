import type { Typed } from '../../../analyze/resolved.ts'
import type { Expression } from '../../../plan/index.ts'
import { printExpression } from '../../../sql/index.ts'
import { stringType } from '../../../types/index.ts'

/** An analysed expression as Spark's automatic column names show it: `CAST(amount AS INT)`, `(a / b)`. Implicit casts are shown. */
export const expressionText = (e: Typed): string => printExpression(written(e), { isField: () => true })

type Writers = { readonly [K in Typed['node']]: (e: Extract<Typed, { node: K }>) => Expression }

const name = (unparsedIdentifier: string): Expression => ({ kind: 'unresolvedAttribute', unparsedIdentifier })
const call = (functionName: string, args: readonly Typed[]): Expression => ({
  kind: 'unresolvedFunction',
  functionName,
  arguments: args.map(written),
})

const WRITERS: Writers = {
  literal: e => ({ kind: 'literal', value: e.value, dataType: e.dataType }) as Expression,
  attribute: e => name(`\`${e.name.replaceAll('`', '``')}\``),
  lambdaVariable: e => name(e.name),
  call: e => call(e.fn, e.args),
  cast: e => ({ kind: 'cast', expr: written(e.expr), type: e.dataType, ...(e.mode === 'try' && { evalMode: 'EVAL_MODE_TRY' }) }),
  getField: e => ({
    kind: 'unresolvedExtractValue',
    child: written(e.child),
    extraction: { kind: 'literal', dataType: stringType, value: e.field },
  }),
  lambda: e => written(e.body),
  case: e => call('when', [...e.branches.flatMap(b => [b.when, b.then]), ...(e.otherwise ? [e.otherwise] : [])]),
  over: e => written(e.fn),
  userFunction: e => call(e.name, e.args),
}
const written = (e: Typed): Expression => (WRITERS[e.node] as (e: Typed) => Expression)(e)
