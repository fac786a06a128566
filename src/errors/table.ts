import { analysis } from './conditions/analysis.ts'
import { checkpoint } from './conditions/checkpoint.ts'
import { connectors } from './conditions/connectors.ts'
import { files } from './conditions/files.ts'
import { general } from './conditions/general.ts'
import { plan } from './conditions/plan.ts'
import { query } from './conditions/query.ts'
import { storage } from './conditions/storage.ts'
import { streaming } from './conditions/streaming.ts'
import { types } from './conditions/types.ts'

/**
 * The whole table of conditions, one file a room under `conditions/`.
 * The reference page `docs/conditions.md` is generated from it.
 */
export const CONDITIONS = {
  ...general,
  ...analysis,
  ...streaming,
  ...connectors,
  ...files,
  ...plan,
  ...types,
  ...checkpoint,
  ...query,
  ...storage,
}

export type ConditionName = keyof typeof CONDITIONS
/** The parameters a condition's message and hint need. */
export type ParamsOf<C extends ConditionName> = Parameters<(typeof CONDITIONS)[C]['message']>[0] &
  Parameters<(typeof CONDITIONS)[C]['hint']>[0]
