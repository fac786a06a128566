import { join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { FileStore, Writer } from '../../storage/index.ts'
import type { Output, SaveContext, WrittenFile } from '../contract.ts'
import type { FormatName } from './format-options.ts'
import { fileEnding, partName } from './names.ts'
import type { RemotePlace } from './place.ts'
import { scratchDirectory } from './scratch.ts'

/** Spark's sign that a save is whole. */
const SUCCESS = '_SUCCESS'
const UPLOADS_AT_ONCE = 4

/**
 * A batch write into an object store: made on this machine, put under new names, and only then is what was there before taken away. Readers that wait
 * for `_SUCCESS` see the old files or the new ones; others may for a moment see both.
 */
export async function saveRemote(
  format: FormatName,
  context: SaveContext,
  output: Output,
  { store }: RemotePlace,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const { mode, platform, partitionBy } = context
  const before = mode === 'append' ? [] : await store.list('')
  if (before.length > 0 && mode === 'error') throw new MillraceError('PATH_ALREADY_EXISTS', { path: store.uri })
  if (before.length > 0 && mode === 'ignore') return
  const run = platform.ids.uuid()
  const ending = fileEnding(format, options)
  await made(
    context,
    run,
    output,
    { format, partitionBy, options, name: n => partName(n, run, ending, partitionBy.length > 0) },
    async upload => {
      if (before.some(o => o.path === SUCCESS)) await store.delete([SUCCESS])
      await upload((local, path, writer) => store.put(local, path, writer))
      await store.delete(before.map(o => o.path).filter(path => path !== SUCCESS))
      await store.write(SUCCESS, new Uint8Array(0), { run, attempt: 0 })
    },
  )
}

const BY_ENDING: Readonly<Record<string, string>> = { gz: 'gzip', zst: 'zstd' }

/** One named object. Without the option, the name's ending chooses the compression. */
export async function saveRemoteFile(
  format: FormatName,
  context: SaveContext,
  output: Output,
  place: RemotePlace,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const at = place.path.lastIndexOf('/')
  const [parent, name] = [await context.store(place.path.slice(0, at)), place.path.slice(at + 1)]
  const there = context.mode === 'error' || context.mode === 'ignore' ? await parent.stat(name) : undefined
  if (there && context.mode === 'error') throw new MillraceError('PATH_ALREADY_EXISTS', { path: place.path })
  if (there) return
  const byEnding = BY_ENDING[name.slice(name.lastIndexOf('.') + 1)]
  const options = { ...(byEnding !== undefined && format !== 'parquet' && { compression: byEnding }), ...given }
  fileEnding(format, options)
  const run = context.platform.ids.uuid()
  await made(context, run, output, { format, partitionBy: [], options, name: n => `part-${n}` }, async (upload, written) => {
    if (written.length !== 1) throw new MillraceError('INTERNAL', { what: `one file was asked for and ${written.length} were made` })
    await upload((local, _, writer) => parent.put(local, name, writer))
  })
}

type Upload = (put: (local: string, path: string, writer: Writer) => ReturnType<FileStore['put']>) => Promise<void>

/** Makes the output's files in a directory of this machine, which goes when `then` is over. */
async function made(
  context: SaveContext,
  run: string,
  output: Output,
  how: Omit<Parameters<Output['toFiles']>[0], 'directory'>,
  then: (upload: Upload, written: readonly WrittenFile[]) => Promise<void>,
): Promise<void> {
  const directory = await scratchDirectory('millrace-save-', context)
  try {
    const written = await output.toFiles({ ...how, directory })
    const upload: Upload = async put => {
      for (let i = 0; i < written.length; i += UPLOADS_AT_ONCE) {
        const some = written.slice(i, i + UPLOADS_AT_ONCE)
        await Promise.all(some.map(({ path }, k) => put(join(directory, path), path, { run, attempt: i + k })))
      }
    }
    await then(upload, written)
  } finally {
    await context.platform.files.removeTree(directory)
  }
}
