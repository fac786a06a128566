import type { Platform } from '../../platform/index.ts'
import type { Ask } from './asking.ts'
import type { Bucket, PutHow } from './bucket.ts'
import { isRefusal, Refusal } from './failure.ts'

/** Puts a local file: at once where it is small, else in parts, a few of which are in memory at a time. Refused as a `put` is. */
export async function upload(
  key: string,
  localPath: string,
  how: PutHow,
  on: { bucket: Bucket; ask: Ask; platform: Platform },
): Promise<void> {
  const { bucket, ask, platform } = on
  const { files } = platform
  const total = (await files.stat(localPath))?.size
  if (total === undefined) throw Object.assign(new Error(`no such file: ${localPath}`), { code: 'ENOENT' })
  const { parts } = bucket
  if (total <= parts.size) {
    const bytes = await files.read(localPath)
    return ask('write', key, signal => bucket.put(key, bytes, how, signal))
  }
  const size = Math.max(parts.size, Math.ceil(total / parts.most / parts.size) * parts.size)
  const begun = await ask('write', key, signal => parts.begin(key, how, signal))
  try {
    await inParts(Math.ceil(total / size), parts.atOnce, async n => {
      const start = n * size
      const bytes = await files.readRange(localPath, start, Math.min(size, total - start))
      await orLost(ask('write', key, signal => begun.part({ n, start, bytes, total }, signal)))
    })
    await orLost(ask('write', key, signal => begun.finish(signal)))
  } catch (error) {
    // what is not finished costs storage; where even this fails a lifecycle rule of the bucket must do it
    await ask('delete', key, signal => begun.abort(signal)).catch(() => {})
    throw error
  }
}

/** A repeated `finish` whose first answer was lost finds the upload gone: as with a refused put, the object itself says who wrote it. */
async function orLost(asked: Promise<void>): Promise<void> {
  try {
    await asked
  } catch (error) {
    throw isRefusal(error, 'absent') ? new Refusal('lost') : error
  }
}

/** Ends only when nothing is on its way any more. */
async function inParts(count: number, atOnce: number, send: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  let failed = false
  const sender = async (): Promise<void> => {
    while (next < count && !failed) {
      try {
        await send(next++)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, count) }, sender))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
