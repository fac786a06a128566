/**
 * Objects by name in one place: a local directory, a bucket. Paths are relative to the store's root, with `/`.
 * Promises: `writeIfAbsent` is atomic and durable when it answers; listing is complete; a read sees the last completed write.
 */
export interface FileStore {
  /** For people and log entries: `file:///data/chk`. */
  readonly uri: string
  /** Undefined when there is no such object. */
  read(path: string): Promise<Uint8Array | undefined>
  readRange(path: string, start: number, length: number): Promise<Uint8Array>
  /** Replaces or creates, durably. */
  write(path: string, bytes: Uint8Array, writer: Writer): Promise<void>
  /** Creates, durably and whole, or says that the name is taken. `written` also when this writer's own earlier attempt arrived. */
  writeIfAbsent(path: string, bytes: Uint8Array, writer: Writer, options?: WriteOptions): Promise<'written' | 'existed'>
  /** Everything whose path begins with `prefix/`, any depth unless `shallow`; sorted by path. */
  list(prefix: string, options?: { readonly shallow?: boolean; readonly startAfter?: string }): Promise<readonly StoredObject[]>
  stat(path: string): Promise<StoredObject | undefined>
  /** Missing objects are fine. */
  delete(paths: readonly string[]): Promise<void>
  /** A local path that holds the object's bytes now (local stores: the file itself). */
  stage(path: string): Promise<string>
  /** Puts a finished local file there, durably; local stores move it. */
  put(localPath: string, path: string, writer: Writer): Promise<void>
  /** Set where the store is a local directory: its absolute path. */
  readonly localRoot?: string
  /**
   * What a crash in the middle of `writeIfAbsent` can leave: nothing or all of it (`whole`, also when absent), or a name with cut-off bytes (`torn`,
   * file systems without hard links). Tried at the first call.
   */
  crashLeaves?(): Promise<'whole' | 'torn'>
}
export interface WriteOptions {
  /** The name may appear only after this is fulfilled; nothing appears when it rejects, and the write rejects with it. Bytes may be put aside meanwhile. */
  readonly after?: Promise<unknown>
}
export interface StoredObject {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}
/** Who writes: kept as object metadata on stores, so that a put with an unknown outcome can recognise itself. */
export interface Writer {
  readonly run: string
  readonly attempt: number
}
