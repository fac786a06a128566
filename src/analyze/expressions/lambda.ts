import { MillraceError } from '../../errors/index.ts'
import type { LambdaFunction } from '../../plan/index.ts'
import type { DataType } from '../../types/index.ts'
import { freshId } from '../ids.ts'
import type { TLambda, TLambdaVariable } from '../resolved.ts'
import { resolve, type Scope } from './scope.ts'

/** Binds a lambda's parameters to the types the function gives them, and resolves its body. */
export function resolveLambda(e: LambdaFunction, types: readonly DataType[], scope: Scope): TLambda {
  if (e.arguments.length > types.length)
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'the lambda', expected: `at most ${types.length}`, actual: e.arguments.length })
  const params: TLambdaVariable[] = e.arguments.map((a, i) => ({
    node: 'lambdaVariable',
    id: freshId(),
    name: a.nameParts.join('.'),
    dataType: types[i]!,
    nullable: true,
  }))
  const body = resolve(e.function, { ...scope, variables: [...scope.variables, ...params] })
  return { node: 'lambda', params, body, dataType: body.dataType, nullable: body.nullable }
}
