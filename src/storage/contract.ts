/**
 * Objects by name in one place: a local directory, a bucket. Paths are relative to the store's root, with `/`.
 * Promises: `writeIfAbsent` is atomic and durable when it answers; listing is complete; a read sees the last completed write.
 */
export interface FileStore {
  /** For people and log entries: `file:///data/chk`, `s3://lake/chk`. */
  readonly uri: string
  /** Undefined when there is no such object. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Less than `length` bytes where the object ends before. @throws OBJECT_MISSING on stores that are no directory, ENOENT on those that are */
  readRange(path: string, start: number, length: number): Promise<Uint8Array>
  /** Replaces or creates, durably. */
  write(path: string, bytes: Uint8Array, writer: Writer): Promise<void>
  /** Creates, durably and whole, or says that the name is taken. `written` also when this writer's own earlier attempt arrived. */
  writeIfAbsent(path: string, bytes: Uint8Array, writer: Writer, options?: WriteOptions): Promise<'written' | 'existed'>
  /** Everything whose path begins with `prefix/`, any depth unless `shallow`; sorted by path, in the order of Unicode's code points. */
  list(prefix: string, options?: ListOptions): Promise<readonly StoredObject[]>
  /** Names of directories directly below that hold something, sorted; `''` = of the store itself. */
  directories(prefix: string): Promise<readonly string[]>
  stat(path: string): Promise<StoredObject | undefined>
  /** Missing objects are fine. */
  delete(paths: readonly string[]): Promise<void>
  /** A local path that holds the object's bytes now (local stores: the file itself). */
  stage(path: string): Promise<string>
  /** As `stage`, and says which version of the object it is; undefined when there is none. */
  fetch(path: string): Promise<StagedObject | undefined>
  /** Gives back local paths that `stage` and `fetch` answered. What is not given back goes with the session. */
  release(localPaths: readonly string[]): Promise<void>
  /** Puts a finished local file there, durably, and takes it: afterwards it is not there any more (local stores move it). */
  put(localPath: string, path: string, writer: Writer, options?: PutOptions): Promise<'written' | 'existed'>
  /** The bytes of one object under another name, replacing what was there; the store does it by itself where it can. @throws OBJECT_MISSING */
  copy(from: string, to: string, writer: Writer): Promise<void>
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
export interface PutOptions {
  /** As `writeIfAbsent`: `existed` when the name is taken, and what is there stays. */
  readonly ifAbsent?: boolean
  /** The object will be staged soon: the store may keep the local file for that, until the object is deleted. */
  readonly keep?: boolean
}
export interface ListOptions {
  /** Only what lies directly below. */
  readonly shallow?: boolean
  /** Only paths behind this one. */
  readonly startAfter?: string
}
export interface StoredObject {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  /** Changes with the bytes; on object stores only. */
  readonly etag?: string
}
export interface StagedObject extends StoredObject {
  readonly localPath: string
}
/** Who writes: kept as object metadata on stores, so that a put with an unknown outcome can recognise itself. */
export interface Writer {
  readonly run: string
  readonly attempt: number
}
