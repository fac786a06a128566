import { dirname, join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Output, SaveContext } from '../contract.ts'
import { readOptions } from '../options.ts'
import { checkColumns } from './columns.ts'
import type { FormatName } from './format-options.ts'
import { guarded } from './guard.ts'
import { fileEnding, partName, withCodec } from './names.ts'
import { checkFormat, fileOptions, formatOptions } from './options.ts'
import { placesOf } from './place.ts'
import { saveRemote, saveRemoteFile } from './remote-save.ts'
import { publish, STAGE, stageFiles } from './stage.ts'

/** Spark's sign that a save is whole. */
const SUCCESS = '_SUCCESS'

/** A batch write: staged in full, then moved into place with `_SUCCESS`; until then nothing of it is seen. */
export async function saveFiles(format: FormatName, context: SaveContext, output: Output): Promise<void> {
  readOptions(fileOptions(format), context.options, { format, side: 'sink', mode: 'batch' })
  checkFormat(format, context, 'sink')
  checkColumns(format, output.schema, context.partitionBy)
  const place = (await placesOf(format, context))[0]!
  if (place.kind === 'remote') {
    if (context.singleFile) checkSingle(format, context)
    const options = withCodec(format, formatOptions(format, context.options), context.conf)
    await (context.singleFile ? saveRemoteFile : saveRemote)(format, context, output, place, options)
    return
  }
  const { path } = place
  const { files } = context.platform
  const exists = (await files.stat(path)) !== undefined
  if (exists && context.mode === 'error') throw new MillraceError('PATH_ALREADY_EXISTS', { path })
  if (exists && context.mode === 'ignore') return
  if (context.singleFile) {
    await saveFile(format, context, output, path)
    return
  }
  const id = context.platform.ids.uuid()
  const whole = !exists || context.mode === 'overwrite'
  // A whole directory is made beside the old one and takes its name; additions are made inside it.
  const stage = whole ? join(dirname(path), `.${path.slice(path.lastIndexOf('/') + 1)}.${STAGE}-${id}`) : join(path, STAGE, id)
  try {
    const options = withCodec(format, formatOptions(format, context.options), context.conf)
    const ending = fileEnding(format, options)
    const written = await stageFiles(
      output,
      {
        format,
        directory: stage,
        name: n => partName(n, id, ending, context.partitionBy.length > 0),
        partitionBy: context.partitionBy,
        options,
      },
      files,
    )
    if (whole) await replace(stage, path, exists, id, context)
    else {
      await publish(stage, path, written, files)
      await guarded(path, () => files.write(join(path, SUCCESS), new Uint8Array(0)))
    }
  } finally {
    await files.removeTree(stage).catch(() => {})
  }
}

/** Puts a finished directory in the place of the old one. */
async function replace(stage: string, path: string, exists: boolean, id: string, context: SaveContext): Promise<void> {
  const { files } = context.platform
  await guarded(path, async () => {
    await files.write(join(stage, SUCCESS), new Uint8Array(0))
    await files.syncDir(stage)
    const old = join(dirname(path), `.${path.slice(path.lastIndexOf('/') + 1)}.old-${id}`)
    if (exists) await files.rename(path, old)
    await files.rename(stage, path)
    await files.syncDir(dirname(path))
    if (exists) await files.removeTree(old)
  })
}

const BY_ENDING: Readonly<Record<string, string>> = { gz: 'gzip', zst: 'zstd' }

function checkSingle(format: FormatName, { partitionBy }: SaveContext): void {
  if (partitionBy.length > 0)
    throw new MillraceError('CONFLICTING_OPTIONS', { options: ['writeFile', 'partitionBy'], format, why: 'one file holds no directories' })
}

/** One named file: made beside it, made durable, then given its name. Without the option, the name's ending chooses the compression. */
async function saveFile(format: FormatName, context: SaveContext, output: Output, path: string): Promise<void> {
  checkSingle(format, context)
  const { files } = context.platform
  const stage = join(dirname(path), `.${path.slice(path.lastIndexOf('/') + 1)}.${STAGE}-${context.platform.ids.uuid()}`)
  const given = withCodec(format, formatOptions(format, context.options), context.conf)
  const byEnding = BY_ENDING[path.slice(path.lastIndexOf('.') + 1)]
  const options = { ...(byEnding !== undefined && format !== 'parquet' && { compression: byEnding }), ...given }
  fileEnding(format, options)
  try {
    const written = await stageFiles(output, { format, directory: stage, name: n => `part-${n}`, partitionBy: [], options }, files)
    if (written.length !== 1) throw new MillraceError('INTERNAL', { what: `one file was asked for and ${written.length} were made` })
    await guarded(path, async () => {
      await files.rename(join(stage, written[0]!.path), path)
      await files.syncDir(dirname(path))
    })
  } finally {
    await files.removeTree(stage).catch(() => {})
  }
}
