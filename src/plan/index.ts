export type * from './expression.ts'
export type * from './relation.ts'
