import type { Verdict } from './failure.ts'

/**
 * One kind of object store. Each call is one request, not repeated; what goes wrong is thrown as the client throws it, and `judge` says what it
 * means. Keys are those of the bucket.
 */
export interface Bucket {
  /** Where requests go, for messages. */
  readonly endpoint: string
  get(key: string, from: GetFrom, signal: AbortSignal): Promise<Opened>
  head(key: string, signal: AbortSignal): Promise<Found>
  put(key: string, bytes: Uint8Array, how: PutHow, signal: AbortSignal): Promise<void>
  /** A large object in parts of `size` bytes, the last one smaller. */
  readonly parts: Parts
  page(ask: PageAsk, signal: AbortSignal): Promise<Page>
  /** How many keys one `delete` takes. */
  readonly deletesAtOnce: number
  /** Missing ones are fine. */
  delete(keys: readonly string[], signal: AbortSignal): Promise<void>
  copy(from: string, to: string, how: PutHow, signal: AbortSignal): Promise<void>
  judge(error: unknown): Verdict
  /** The next request uses new credentials. */
  renew(): void
  close(): void
}

export interface Found {
  readonly size: number
  readonly mtimeMs: number
  readonly etag: string
  /** Keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>
}
export interface GetFrom {
  readonly start: number
  /** Open end where absent. */
  readonly length?: number
  /** Only this version. */
  readonly etag?: string
}
/** `found.size` is the size of the whole object. */
export interface Opened {
  readonly found: Found
  readonly body: AsyncIterable<Uint8Array>
}
export interface PutHow {
  readonly ifAbsent: boolean
  readonly metadata: Readonly<Record<string, string>>
}
export interface PageAsk {
  readonly prefix: string
  /** Only keys without a further slash behind the prefix. */
  readonly shallow: boolean
  /** A key to begin behind; a store that cannot begins at the front. */
  readonly startAfter?: string
  readonly token?: string
}
export interface Page {
  readonly objects: readonly { readonly key: string; readonly size: number; readonly mtimeMs: number; readonly etag: string }[]
  /** When asked shallow: the keys of directories, with a slash at the end. */
  readonly prefixes: readonly string[]
  /** There is another page. */
  readonly next?: string
}

/** One upload in parts. Nothing is seen of it before `finish`, and nothing stays after `abort`. */
export interface Upload {
  /** Sent again where the answer was lost. */
  part(part: Part, signal: AbortSignal): Promise<void>
  /** Refused as a `put` is. */
  finish(signal: AbortSignal): Promise<void>
  abort(signal: AbortSignal): Promise<void>
}
export interface Part {
  /** From 0. */
  readonly n: number
  readonly start: number
  readonly bytes: Uint8Array
  /** Of the whole object. */
  readonly total: number
}
export interface Parts {
  readonly size: number
  /** No store takes more parts of one object than this. */
  readonly most: number
  /** How many parts may be on their way. */
  readonly atOnce: number
  begin(key: string, how: PutHow, signal: AbortSignal): Promise<Upload>
}
