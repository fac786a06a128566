import type { FoundFile } from './partition.ts'

export type BatchLimit =
  | { readonly kind: 'all' }
  | { readonly kind: 'files'; readonly max: number }
  | { readonly kind: 'bytes'; readonly max: number }

/** By time, then by path, so that the order is the same on every machine; `latestFirst` turns the times round. */
export const inOrder = (files: readonly FoundFile[], latestFirst: boolean): readonly FoundFile[] =>
  files.toSorted(
    (a, b) => (latestFirst ? b.mtimeMs - a.mtimeMs : a.mtimeMs - b.mtimeMs) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  )

/** Compressed files hold several times their size. */
const EXPANDS: Readonly<Record<string, number>> = { gz: 6, zst: 6, deflate: 6, parquet: 3 }
const weight = (file: FoundFile): number => file.size * (EXPANDS[file.path.slice(file.path.lastIndexOf('.') + 1)] ?? 1)

/** How many of the waiting files the next batch takes: never none while one waits. */
export function admit(waiting: readonly FoundFile[], limit: BatchLimit): number {
  if (limit.kind === 'all') return waiting.length
  if (limit.kind === 'files') return Math.min(limit.max, waiting.length)
  let bytes = 0
  for (const [i, file] of waiting.entries()) {
    bytes += limit.max === SLICE ? weight(file) : file.size
    if (bytes > limit.max && i > 0) return i
  }
  return waiting.length
}

/** Bytes a batch takes when no limit was given: about what the engine reads at a time. */
export const SLICE = 64 * 1024 * 1024
