import { dirname, join } from 'node:path'
import type { Files } from '../../platform/index.ts'
import type { Output, ToFiles, WrittenFile } from '../contract.ts'
import { guarded } from './guard.ts'

/** Where files are made before they appear: beside the data, so that a rename moves them, and hidden from readers. */
export const STAGE = '_millrace'

/** Makes the output's files in a directory, each durable. The directory is made anew. */
export async function stageFiles(output: Output, options: ToFiles, files: Files): Promise<readonly WrittenFile[]> {
  return guarded(options.directory, async () => {
    await files.removeTree(options.directory)
    await files.makeDir(options.directory)
    const written = await output.toFiles(options)
    for (const file of written) await files.syncFile(join(options.directory, file.path))
    return written
  })
}

/** Moves staged files to where they are read, whole, and makes their names durable. */
export async function publish(from: string, to: string, written: readonly WrittenFile[], files: Files): Promise<void> {
  await guarded(to, async () => {
    const directories = new Set<string>()
    for (const file of written) {
      const target = join(to, file.path)
      const directory = dirname(target)
      if (!directories.has(directory)) await files.makeDir(directory)
      directories.add(directory)
      await files.rename(join(from, file.path), target)
    }
    for (const directory of directories) await files.syncDir(directory)
    await files.syncDir(to)
  })
}
