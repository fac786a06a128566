import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MillraceError } from '../errors/index.ts'

/** Names below one directory: relative with `/` outside, absolute inside. */
export interface LocalPaths {
  readonly root: string
  readonly uri: string
  absolute(path: string): string
  parent(absolute: string): string
  /** A name beside `absolute` that listing does not show, as Spark calls its temporary files. */
  temporary(absolute: string, unique: string): string
}

export function localPaths(root: string, cwd: string): LocalPaths {
  const base = resolve(cwd, /^file:/i.test(root) ? fileURLToPath(root) : root)
  return {
    root: base,
    uri: pathToFileURL(base).href,
    absolute: path => {
      const full = join(base, path)
      const inside = relative(base, full)
      if (inside === '..' || inside.startsWith(`..${sep}`)) {
        throw new MillraceError('INVALID_ARGUMENT', { name: 'path', value: path, expected: `a path below ${base}` })
      }
      return full
    },
    parent: dirname,
    temporary: (absolute, unique) => join(dirname(absolute), `.${absolute.slice(dirname(absolute).length + 1)}.${unique}.tmp`),
  }
}

export const isTemporary = (name: string): boolean => name.startsWith('.') && name.endsWith('.tmp')
