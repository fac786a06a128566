import type { Aggregate, Expression, Literal, LiteralValue, Read, Relation, UserFunction } from '../plan/index.ts'
import type { DataType, StructType } from '../types/index.ts'

/**
 * What analysis asks of the world, always without I/O: the engine looks up beforehand what needs any.
 * Analysed subtrees are remembered by environment object and plan node: make a new environment when an answer changes.
 */
export interface AnalyzeEnv {
  readonly timeZone: string
  /** The columns of a source; undefined where they are not known (yet): SCHEMA_NOT_KNOWN. */
  sourceSchema(read: Read): StructType | undefined
  /** A view (a plan) or a table the session holds as rows. Names are compared by the answering side; `read`: the node that names it. */
  table(name: string, read?: Read): Relation | { readonly schema: StructType; readonly table: string } | undefined
  conf(key: string): string | undefined
  /** Functions of the person's own registered for SQL text (`session.udf.register`); `args`: types the arguments are cast to. */
  userFunction?(name: string): (Pick<UserFunction, 'id' | 'returns' | 'sourceHash'> & { readonly args?: readonly DataType[] }) | undefined
  /** The schema of a registry's subject, by the options of the call (keys in lower case); undefined where it is not known (yet): SCHEMA_NOT_KNOWN. */
  subjectSchema?(options: Readonly<Record<string, string>>): string | undefined
  /** The value of an expression made of literals, where a constant is demanded; undefined where it is not known (yet): SCHEMA_NOT_KNOWN. */
  constant?(e: Expression): LiteralValue | undefined
  /** The distinct values of a pivot column that the engine looked up beforehand. */
  pivotValues?(pivot: Aggregate): readonly Literal[] | undefined
}
