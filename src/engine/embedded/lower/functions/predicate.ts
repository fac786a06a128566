import type { FunctionLowering } from '../context.ts'
import { once, onceEach } from '../once.ts'

/** Questions about single values, and choices between values. */
export const predicate: Readonly<Record<string, FunctionLowering>> = {
  equal_null: (_, [a, b]) => `(${a} IS NOT DISTINCT FROM ${b})`,
  isnan: (_, [a]) => `COALESCE(isnan(${a}), FALSE)`,
  isnotnull: (_, [a]) => `(${a} IS NOT NULL)`,
  isnull: (_, [a]) => `(${a} IS NULL)`,
}

export const conditional: Readonly<Record<string, FunctionLowering>> = {
  coalesce: (_, args) => (args.length === 0 ? 'NULL' : `COALESCE(${args.join(', ')})`),
  ifnull: (_, args) => `COALESCE(${args.join(', ')})`,
  nanvl: (_, [a, b]) => once(a!, x => `CASE WHEN isnan(${x}) THEN ${b} ELSE ${x} END`),
  nullif: (_, args) => onceEach(args, (a, b) => `CASE WHEN ${a} = ${b} THEN NULL ELSE ${a} END`),
  nullifzero: (_, [a]) => once(a!, x => `CASE WHEN ${x} = 0 THEN NULL ELSE ${x} END`),
  nvl2: (_, [a, b, c]) => `CASE WHEN ${a} IS NOT NULL THEN ${b} ELSE ${c} END`,
  zeroifnull: (_, [a]) => `COALESCE(${a}, 0)`,
}
