declare const brand: unique symbol
/** A number or string that must not be mixed with its like. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type BatchId = Brand<number, 'BatchId'>
/** Event time, milliseconds since the epoch. */
export type EventMs = Brand<number, 'EventMs'>
/** Wall clock, milliseconds since the epoch. */
export type WallMs = Brand<number, 'WallMs'>

export const batchId = (n: number): BatchId => {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`batch id must be a whole number from 0 up, got ${n}`)
  return n as BatchId
}
export const eventMs = (n: number): EventMs => n as EventMs
export const wallMs = (n: number): WallMs => n as WallMs
