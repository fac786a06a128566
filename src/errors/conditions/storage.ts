import { conditions } from '../condition.ts'

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on that disk and start the query again: nothing is lost.',
  EDQUOT: 'Raise the quota or free some space and start the query again: nothing is lost.',
  EROFS: 'Mount it writable, or choose another location, and start the query again: nothing is lost.',
  EACCES: 'Give this user the right to write there, or choose another location, and start the query again.',
  EPERM: 'Give this user the right to write there, or choose another location, and start the query again.',
  ENOTDIR: 'A part of the path is a file: choose another location.',
  EMFILE: 'Raise the limit of open files (ulimit -n) and start the query again.',
}

/** Conditions of stores. */
export const storage = conditions({
  STORAGE_FAILED: {
    domain: 'external',
    message: (p: { action: string; path: string; code: string }) => `cannot ${p.action} "${p.path}" (${p.code})`,
    hint: (p: { code: string }) => HINTS[p.code] ?? 'Mend the store and start the query again: nothing is lost.',
  },
})
