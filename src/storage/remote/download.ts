import { MillraceError } from '../../errors/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { Ask } from './asking.ts'
import type { Bucket, Found } from './bucket.ts'
import { isRefusal } from './failure.ts'

/** Written to the disk in pieces of this size. */
const PIECE = 4 * 1024 * 1024

/** Copies an object to a local file, going on where a broken answer ended; undefined when there is no such object. */
export async function download(
  key: string,
  to: string,
  uri: string,
  on: { readonly bucket: Bucket; readonly ask: Ask; readonly platform: Platform },
): Promise<Found | undefined> {
  const { bucket, ask, platform } = on
  let done = 0
  let version: Found | undefined
  const save = async (pieces: readonly Uint8Array[]): Promise<void> => {
    const bytes = Buffer.concat(pieces)
    if (done === 0) await platform.files.write(to, bytes)
    else await platform.files.append(to, bytes)
    done += bytes.length
  }
  const attempt = async (signal: AbortSignal, alive: () => void): Promise<void> => {
    if (version && done === version.size) return
    const { found, body } = await bucket.get(key, { start: done, ...(version && { etag: version.etag }) }, signal)
    version ??= found
    let pieces: Uint8Array[] = []
    let size = 0
    try {
      for await (const piece of body) {
        alive()
        signal.throwIfAborted()
        pieces.push(piece)
        size += piece.length
        if (size < PIECE) continue
        const full = pieces
        ;[pieces, size] = [[], 0]
        await save(full)
      }
    } finally {
      if (size > 0 && !signal.aborted) await save(pieces)
    }
    // an answer may end too early without saying so
    if (done < version.size) throw Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' })
    if (done === 0) await save([])
  }
  try {
    await ask('read', key, attempt)
  } catch (error) {
    if (isRefusal(error, 'absent') && !version) return undefined
    if (isRefusal(error, 'absent')) throw new MillraceError('OBJECT_MISSING', { uri })
    if (isRefusal(error, 'refused')) throw new MillraceError('OBJECT_CHANGED', { uri })
    throw error
  }
  return version
}
