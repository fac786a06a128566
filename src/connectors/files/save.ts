import { dirname, join } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Connector, Output } from '../contract.ts'
import { readOptions } from '../options.ts'
import { checkColumns } from './columns.ts'
import type { FormatName } from './format-options.ts'
import { guarded } from './guard.ts'
import { fileEnding, partName } from './names.ts'
import { fileOptions, formatOptions } from './options.ts'
import { localPaths } from './paths.ts'
import { publish, STAGE, stageFiles } from './stage.ts'

type SaveContext = Parameters<NonNullable<Connector['save']>>[0]

/** Spark's sign that a save is whole. */
const SUCCESS = '_SUCCESS'

/** A batch write: staged in full, then moved into place with `_SUCCESS`; until then nothing of it is seen. */
export async function saveFiles(format: FormatName, context: SaveContext, output: Output): Promise<void> {
  readOptions(fileOptions(format), context.options, { format, side: 'sink', mode: 'batch' })
  checkColumns(format, output.schema, context.partitionBy)
  const path = localPaths(format, context)[0]!
  const { files } = context.platform
  const exists = (await files.stat(path)) !== undefined
  if (exists && context.mode === 'error') throw new MillraceError('PATH_ALREADY_EXISTS', { path })
  if (exists && context.mode === 'ignore') return
  const id = context.platform.ids.uuid()
  const whole = !exists || context.mode === 'overwrite'
  // A whole directory is made beside the old one and takes its name; additions are made inside it.
  const stage = whole ? join(dirname(path), `.${path.slice(path.lastIndexOf('/') + 1)}.${STAGE}-${id}`) : join(path, STAGE, id)
  try {
    const options = formatOptions(format, context.options)
    const ending = fileEnding(format, options)
    const written = await stageFiles(
      output,
      { format, directory: stage, name: n => partName(n, id, ending), partitionBy: context.partitionBy, options },
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
