import { dirname, join, resolve } from 'node:path'
import { MillraceError } from '../../errors/index.ts'
import type { Files } from '../../platform/index.ts'
import type { SourceContext, Warning } from '../contract.ts'
import { globPattern, segments } from './glob.ts'
import { type FilesPlace, inBucket } from './place.ts'

/** Could an archived file be found again below the path that is read? Compared name by name as far as both go, as Spark does. */
function archiveOverlaps(sourcePath: string, archiveDir: string): boolean {
  const source = segments(sourcePath)
  const archive = segments(archiveDir)
  const depth = Math.min(source.length, archive.length)
  return source.slice(0, depth).every((part, i) => globPattern(part).test(archive[i]!))
}

export interface CleanOptions {
  readonly cleanSource: string
  readonly sourceArchiveDir?: string | undefined
}

/** Removes a file whose batch is done, or moves it away. */
export type CleanFile = (path: string) => Promise<void>

/** How `cleanSource` is carried out; best effort: a file that cannot be cleaned is reported and left. Undefined when it is off. */
export function cleaner(
  options: CleanOptions,
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

/** In an object store a file that is archived is copied by the store itself, then deleted; both stand in one bucket. */
export function cleanerAt(place: FilesPlace, options: CleanOptions, context: SourceContext): CleanFile | undefined {
  const { platform, warn } = context
  if (place.kind === 'local') return cleaner(options, place.path, platform.files, platform.process.cwd, warn)
  if (options.cleanSource === 'off') return undefined
  const { bucket, path } = place
  const { root, key } = inBucket(path)
  const run = { run: 'clean', attempt: 0 }
  if (options.cleanSource === 'delete') return guarded(done => bucket.delete([inBucket(done).key]), warn)
  const archive = inBucket(options.sourceArchiveDir!)
  if (archive.root !== root)
    throw new MillraceError('CLEAN_SOURCE_ARCHIVE', { archive: options.sourceArchiveDir!, path, why: `it is not in ${root}` })
  if (archiveOverlaps(key, archive.key)) {
    const why = 'archived files would be found and read again'
    throw new MillraceError('CLEAN_SOURCE_ARCHIVE', { archive: options.sourceArchiveDir!, path, why })
  }
  return guarded(async done => {
    const from = inBucket(done).key
    await bucket.copy(from, [archive.key, from].filter(part => part !== '').join('/'), run)
    await bucket.delete([from])
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
