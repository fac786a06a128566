/** A batch's place in a channel: rows of part `part` (from 0) of batch `batch` are committed, or, without a part, all of its rows. */
export interface OffsetToken {
  readonly batch: number
  readonly part?: number
}

/** The last rows of a batch carry its number; those before them number and part: `17.0`, `17.1`, `17`. */
export const tokenText = ({ batch, part }: OffsetToken): string => (part === undefined ? String(batch) : `${batch}.${part}`)

/** Undefined when it is no token of ours. */
export function readToken(text: string): OffsetToken | undefined {
  const m = /^(\d+)(?:\.(\d+))?$/.exec(text)
  return m ? { batch: Number(m[1]), ...(m[2] !== undefined && { part: Number(m[2]) }) } : undefined
}

/** What to do with a batch, by what the channel has committed. */
export type Position =
  | { readonly do: 'append'; readonly fromPart: number }
  | { readonly do: 'nothing' }
  /** Somebody is further than this batch. */
  | { readonly do: 'yield' }
  | { readonly do: 'refuse' }

/** Decides where a batch goes on. Reads nothing, writes nothing. `known`: an earlier run may have written the batch. */
export function position(committed: string | null, batch: number, known: boolean): Position {
  if (committed === null) return { do: 'append', fromPart: 0 }
  const token = readToken(committed)
  if (!token) return { do: 'refuse' }
  if (token.batch < batch) return { do: 'append', fromPart: 0 }
  if (token.batch > batch) return known ? { do: 'nothing' } : { do: 'yield' }
  return token.part === undefined ? { do: 'nothing' } : { do: 'append', fromPart: token.part + 1 }
}
