export type * from './expression.ts'
export { expressionFromJson, expressionToJson, planFromJson, planToJson } from './json.ts'
export type { Json } from './json-codec.ts'
export type * from './relation.ts'
