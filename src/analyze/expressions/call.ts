import { MillraceError } from '../../errors/index.ts'
import { CONSTANT_ARGUMENTS, FUNCTIONS, type FunctionSpec, findFunction, type Signature } from '../../functions/index.ts'
import type { Expression, LambdaFunction, Options, UnresolvedFunction } from '../../plan/index.ts'
import { type DataType, parseDataType } from '../../types/index.ts'
import type { Order, TCall, Typed } from '../resolved.ts'
import { asConstant, constantValue } from './constant.ts'
import { resolveLambda } from './lambda.ts'
import { castTo, constantOf } from './literal.ts'
import { type ArgumentTypes, arity, castTypes, expectedTypes, fitsExactly } from './match.ts'
import { mismatch, quotedType } from './mismatch.ts'
import { isBinaryOperator, isTextArithmetic, operatorMismatch, prepareOperands } from './operators.ts'
import { isGenerator } from './over.ts'
import { hideRegistry, withSubjectSchema } from './registry-call.ts'
import { parse, resolve, type Scope } from './scope.ts'
import { shownName } from './shown.ts'
import { SPECIAL } from './special.ts'
import { expandArguments } from './star.ts'
import { withinGroup } from './within-group.ts'

/** Function names that are casts: `int(x)`, `date(x)`. */
const CASTS = new Set(
  'boolean tinyint smallint int bigint float double decimal date time timestamp timestamp_ntz timestamp_ltz binary string'.split(' '),
)
/** Functions of the API that are none of Spark's SQL: there a person's own function of the name comes first. */
const API_ONLY = new Set('product create_map with_field bitwise_not negate getitem getfield iff'.split(' '))
/** Functions that may take a map of options, and its positions. */
const OPTIONS_AT: Readonly<Record<string, readonly number[]>> = {
  from_json: [2],
  to_json: [1],
  schema_of_json: [1],
  from_csv: [2],
  to_csv: [1],
  schema_of_csv: [1],
  from_avro: [1, 2],
  to_avro: [1, 2],
  schema_of_avro: [1],
}

export interface CallParts {
  readonly distinct?: boolean
  readonly filter?: Typed
  readonly ignoreNulls?: boolean
  readonly orderBy?: readonly Order[]
}

/** Resolves a call of a function or operator by name: finds its signature, casts the arguments, works out the result type. */
export function resolveCall(written: UnresolvedFunction, scope: Scope, parts: CallParts = {}): Typed {
  const ordered = withinGroup(written, scope)
  if (ordered) {
    const call = resolveCall(ordered.call, scope, { ...parts, orderBy: ordered.orderBy })
    scope.shown.delete(written)
    return call
  }
  const name = written.functionName.toLowerCase()
  const expanded = expandArguments(written, scope)
  const e = expanded === written.arguments ? written : { ...written, arguments: expanded }
  if (e !== written) scope.shown.set(written, e)
  if (API_ONLY.has(name)) {
    const own = ownFunction(written, e, scope)
    if (own) return own
  }
  const special = SPECIAL[name]
  if (special) return special(e, scope, written)
  const spec = findFunction(name === '-' && e.arguments.length === 1 ? 'negative' : name)
  if (spec) return resolveSpec(spec, e, written, scope, parts)
  if (CASTS.has(name) && e.arguments.length === 1) return castTo(resolve(e.arguments[0]!, scope), parseDataType(name))
  const own = ownFunction(written, e, scope)
  if (own) return own
  throw new MillraceError('UNRESOLVED_ROUTINE', { name: written.functionName, known: [...FUNCTIONS.keys()] })
}

/** A function the person registered. As in Spark it cannot replace one of the language. */
function ownFunction(written: UnresolvedFunction, e: UnresolvedFunction, scope: Scope): Typed | undefined {
  const user = scope.env.userFunction?.(written.functionName)
  if (!user) return undefined
  if (user.args && user.args.length !== e.arguments.length)
    throw new MillraceError('WRONG_NUM_ARGS', { name: written.functionName, expected: `${user.args.length}`, actual: e.arguments.length })
  const args = e.arguments.map((a, i) => resolve(user.args ? { kind: 'cast', expr: a, type: user.args[i]! } : a, scope))
  return { node: 'userFunction', id: user.id, name: written.functionName, args, dataType: user.returns, nullable: true }
}

function resolveSpec(spec: FunctionSpec, called: UnresolvedFunction, written: UnresolvedFunction, scope: Scope, parts: CallParts): Typed {
  const e = withSubjectSchema(called, takeOptions(spec.name, called.arguments, scope).options, scope)
  const { args: expressions, options } = takeOptions(spec.name, e.arguments, scope)
  const constant = CONSTANT_ARGUMENTS[spec.name] ?? []
  let args = expressions.map((a, i) => {
    if (a.kind === 'lambdaFunction') return undefined
    const typed = resolve(a, scope)
    return constant.includes(i) ? asConstant(typed, a, scope) : typed
  })
  const nested = args.find(a => a && isGenerator(a))
  if (nested) throw new MillraceError('UNSUPPORTED_GENERATOR', { sub: 'NESTED_IN_EXPRESSIONS', expression: shownName(written, scope) })
  const fitting = spec.signatures.filter(s => expectedTypes(s, args.length))
  if (fitting.length === 0)
    throw new MillraceError('WRONG_NUM_ARGS', { name: spec.name, expected: arity(spec.signatures), actual: args.length })
  if (!args.includes(undefined)) args = prepareOperands(spec.name, args as Typed[]) as Typed[]
  const { signature, types } = choose(spec, fitting, args, written, scope)
  const cast = args.map((a, i) => (a === undefined ? undefined : castTo(a, types[i]!)))
  const filled = [...cast, ...defaults(signature, cast.length, scope)]
  const complete = bindLambdas(signature, expressions, filled, scope)
  rememberShown(spec, signature, written, e, scope)
  hideRegistry(written, options, scope)
  const call = finish(spec, signature, complete, { ...parts, distinct: parts.distinct ?? written.isDistinct ?? false }, options)
  // Spark's name for a map that is read from JSON.
  if (spec.name === 'from_json' && call.dataType.kind === 'map') scope.shown.set(written, ENTRIES)
  return call
}
const ENTRIES: Expression = { kind: 'unresolvedAttribute', unparsedIdentifier: 'entries' }

function choose(
  spec: FunctionSpec,
  fitting: readonly Signature[],
  args: readonly (Typed | undefined)[],
  written: UnresolvedFunction,
  scope: Scope,
): { signature: Signature; types: ArgumentTypes } {
  const types = args.map(a => a?.dataType)
  if (isTextArithmetic(spec.name, args)) throw noFit(spec, fitting, args, written, scope)
  const exact = fitting.find(s => fitsExactly(expectedTypes(s, types.length)!, types))
  if (exact) return { signature: exact, types }
  for (const widening of [true, false])
    for (const signature of fitting) {
      const cast = castTypes(expectedTypes(signature, types.length)!, types, widening)
      if (cast) return { signature, types: cast }
    }
  throw noFit(spec, fitting, args, written, scope)
}

function noFit(
  spec: FunctionSpec,
  fitting: readonly Signature[],
  args: readonly (Typed | undefined)[],
  written: UnresolvedFunction,
  scope: Scope,
): Error {
  const shown = shownName(written, scope)
  if (args.length === 2 && args[0] && args[1] && isBinaryOperator(spec.name)) return operatorMismatch(spec.name, args as Typed[], shown)
  const expected = expectedTypes(fitting[0]!, args.length)!
  const types = args.map(a => (a ? quotedType(a.dataType) : 'a function'))
  const tied = expected.some(x => typeof x === 'string' && x.includes(':'))
  if (tied) return mismatch('DATA_DIFF_TYPES', shown, `the arguments have no common type: ${types.join(', ')}`)
  const wrong = args.findIndex((a, i) => castTypes([expected[i]!], [a?.dataType]) === undefined)
  const at = Math.max(wrong, 0)
  const wanted = [...new Set(fitting.map(s => shownType(expectedTypes(s, args.length)![at]!)))].join(' or ')
  return mismatch('UNEXPECTED_INPUT_TYPE', shown, `argument ${at + 1} must be ${wanted}, not ${types[at]}`)
}
const shownType = (t: unknown): string => (typeof t === 'string' ? t.toUpperCase() : quotedType(t as DataType))

function defaults(signature: Signature, given: number, scope: Scope): readonly Typed[] {
  const texts = signature.defaults ?? []
  const missing = signature.args.length - given
  if (missing <= 0 || signature.variadic) return []
  return texts.slice(Math.max(0, texts.length - missing)).flatMap(text => {
    const e = parse(text, scope)
    return e.kind === 'lambdaFunction' ? [] : [resolve(e, scope)]
  })
}

function bindLambdas(
  signature: Signature,
  expressions: readonly Expression[],
  args: readonly (Typed | undefined)[],
  scope: Scope,
): readonly Typed[] {
  if (!args.includes(undefined)) return args as readonly Typed[]
  const known = args.map(a => a?.dataType ?? ({ kind: 'null' } as DataType))
  const bound: Typed[] = []
  for (const [i, a] of args.entries()) {
    if (a) bound.push(a)
    else {
      const params = signature.lambdas?.(known, i) ?? []
      const lambda = resolveLambda(expressions[i] as LambdaFunction, params, scope)
      known[i] = lambda.dataType
      bound.push(lambda)
    }
  }
  return bound
}

/** The options map at the end, as text by lower-cased key. */
function takeOptions(name: string, args: readonly Expression[], scope: Scope): { args: readonly Expression[]; options?: Options } {
  const last = args.at(-1)
  if (!OPTIONS_AT[name]?.includes(args.length - 1) || last?.kind !== 'unresolvedFunction') return { args }
  if (!['map', 'create_map'].includes(last.functionName.toLowerCase())) return { args }
  const values = last.arguments.map(a => constantValue(a, scope))
  if (values.some(v => v === undefined || v === null))
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', { function: name, argument: 'options' })
  if (values.length % 2 === 1) throw new MillraceError('WRONG_NUM_ARGS', { name: 'map', expected: '2n (n >= 0)', actual: values.length })
  const options = Object.fromEntries(
    Array.from({ length: values.length / 2 }, (_, i) => [String(values[2 * i]), String(values[2 * i + 1])]),
  )
  return { args: args.slice(0, -1), options }
}

function rememberShown(spec: FunctionSpec, signature: Signature, written: UnresolvedFunction, e: UnresolvedFunction, scope: Scope): void {
  const given = written.functionName.toLowerCase()
  const name = spec.shownAs?.[given] ?? (given === spec.name ? signature.shown?.name : undefined)
  const missing = signature.args.length - e.arguments.length
  const filled =
    signature.defaults && missing > 0
      ? signature.defaults.slice(Math.max(0, signature.defaults.length - missing)).map(text => parse(text, scope))
      : []
  if (!name && filled.length === 0 && signature.shown?.args === undefined) return
  const args = [...e.arguments, ...filled]
  scope.shown.set(written, {
    ...written,
    ...(name ? { functionName: name } : {}),
    arguments: signature.shown?.args === undefined ? args : args.slice(0, signature.shown.args),
  })
}

function finish(spec: FunctionSpec, signature: Signature, args: readonly Typed[], parts: CallParts, options?: Options): TCall {
  const types = args.map(a => a.dataType)
  const returns = signature.returns
  const dataType = typeof returns === 'function' ? returns(types, args.map(constantOf), options) : returns
  return {
    node: 'call',
    fn: spec.name,
    args,
    dataType,
    nullable: nullableOf(spec, args),
    ...(parts.distinct ? { distinct: true } : {}),
    ...(parts.filter ? { filter: parts.filter } : {}),
    ...(parts.orderBy ? { orderBy: parts.orderBy } : {}),
    ...(parts.ignoreNulls ? { ignoreNulls: true } : {}),
    ...(options ? { options } : {}),
  }
}

/** Aggregates answer null over no rows; operators that may fail by zero are nullable in Spark's eyes too. */
function nullableOf(spec: FunctionSpec, args: readonly Typed[]): boolean {
  if (spec.nullability === 'never') return false
  if (spec.nullability === 'always' || spec.kind === 'aggregate' || spec.name === '/' || spec.name === '%' || spec.name === 'div')
    return true
  if (spec.nullability === 'first-argument') return args[0]!.nullable
  if (spec.nullability === 'all-arguments') return args.length === 0 || args.every(a => a.nullable)
  return args.some(a => a.nullable)
}

/** A call that analysis itself makes, of a function of the table: arguments already have their types. */
export function callOf(fn: string, args: readonly Typed[], dataType: DataType, nullable = args.some(a => a.nullable)): TCall {
  return { node: 'call', fn, args, dataType, nullable }
}
