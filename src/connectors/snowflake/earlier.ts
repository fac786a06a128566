import type { SinkContext } from '../contract.ts'
import type { Effect } from './stage/load.ts'

/** The last batch the checkpoint knows of. */
export const loggedIn = ({ lastCommitted, uncommitted }: SinkContext): number => Math.max(lastCommitted, uncommitted?.last ?? -1)

/** Would rows that an earlier query wrote be added a second time? */
export const appendsAgain = ({ newCheckpoint, replays }: SinkContext, effect: Effect['kind'], reprocess: string | undefined): boolean =>
  newCheckpoint && replays === true && effect === 'add' && reprocess !== 'append'
