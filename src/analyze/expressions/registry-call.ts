import { MillraceError } from '../../errors/index.ts'
import { lowerKeys } from '../../functions/avro.ts'
import type { Options, UnresolvedFunction } from '../../plan/index.ts'
import type { Scope } from './scope.ts'

/** A registry's options are left out of automatic column names: a password may be among them. */
export function hideRegistry(written: UnresolvedFunction, options: Options | undefined, scope: Scope): void {
  if (!options || !/^(from|to)_avro$/i.test(written.functionName)) return
  if (lowerKeys(options)['registry'] !== undefined) scope.shown.set(written, { ...written, arguments: written.arguments.slice(0, 1) })
}

/** from_avro with a registry's subject in place of a schema gets the subject's schema: its type is known then. */
export function withSubjectSchema(e: UnresolvedFunction, options: Options | undefined, scope: Scope): UnresolvedFunction {
  if (e.functionName.toLowerCase() !== 'from_avro' || e.arguments.length !== 2 || !options) return e
  const [data, map] = e.arguments
  const schema = scope.env.subjectSchema?.(lowerKeys(options))
  if (schema === undefined) throw new MillraceError('SCHEMA_NOT_KNOWN', { format: 'registry' })
  return { ...e, arguments: [data!, { kind: 'literal', dataType: { kind: 'string' }, value: schema }, map!] }
}
