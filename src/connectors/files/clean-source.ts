import { dirname, join, resolve } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Files } from '../../platform/index.ts'
import type { Warning } from '../contract.ts'
import { globPattern, segments } from './glob.ts'

/** Could an archived file be found again below the path that is read? Compared name by name as far as both go, as Spark does. */
function archiveOverlaps(sourcePath: string, archiveDir: string): boolean {
  const source = segments(sourcePath)
  const archive = segments(archiveDir)
  const depth = Math.min(source.length, archive.length)
  return source.slice(0, depth).every((part, i) => globPattern(part).test(archive[i]!))
}

/** Removes a file whose batch is done, or moves it away. */
export type CleanFile = (path: string) => Promise<void>

/** How `cleanSource` is carried out; best effort: a file that cannot be cleaned is reported and left. Undefined when it is off. */
export function cleaner(
  options: { readonly cleanSource: string; readonly sourceArchiveDir?: string | undefined },
  source: string,
  files: Files,
  cwd: string,
  warn: (warning: Warning) => void,
): CleanFile | undefined {
  if (options.cleanSource === 'off') return undefined
  if (options.cleanSource === 'delete') return guarded(path => files.remove(path), warn)
  const archive = resolve(cwd, options.sourceArchiveDir!)
  if (archiveOverlaps(source, archive)) {
    throw new MillraceError('CLEAN_SOURCE_ARCHIVE', { archive, path: source, why: 'archived files would be found and read again' })
  }
  return guarded(async path => {
    const target = join(archive, path)
    await files.makeDir(dirname(target))
    await files.rename(path, target)
  }, warn)
}

const guarded =
  (clean: CleanFile, warn: (warning: Warning) => void): CleanFile =>
  async path => {
    try {
      await clean(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      const why = error instanceof Error ? error.message : String(error)
      warn({ code: 'SOURCE_FILE_NOT_CLEANED', message: `the file ${path} is done but could not be cleaned: ${why}` })
    }
  }
