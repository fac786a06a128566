import { general } from './conditions/general.ts'

/**
 * The whole table of conditions, one file a room under `conditions/`.
 * The reference page `docs/conditions.md` is generated from it.
 */
export const CONDITIONS = { ...general }

export type ConditionName = keyof typeof CONDITIONS
/** The parameters a condition's message and hint need. */
export type ParamsOf<C extends ConditionName> = Parameters<(typeof CONDITIONS)[C]['message']>[0] & Parameters<(typeof CONDITIONS)[C]['hint']>[0]
