import type { Platform } from '../../platform/index.ts'

/** A directory of this machine for copies of objects, made when the first one comes. */
export interface StageArea {
  /** A new path in it, ending as `name` does: readers go by the ending. */
  path(name: string): Promise<string>
  /** Removes all of it. */
  close(): Promise<void>
}

export function stageArea(platform: Platform, within?: string): StageArea {
  const { files, ids } = platform
  let directory: Promise<string> | undefined
  let count = 0
  const make = async (): Promise<string> => {
    if (within === undefined) return files.tempDir('millrace-stage-')
    const made = `${within}/millrace-stage-${ids.uuid()}`
    await files.makeDir(made)
    return made
  }
  return {
    path: async name => {
      directory ??= make()
      const ending = name.slice(name.lastIndexOf('/') + 1).replace(/[^\w.=-]/g, '_')
      return `${await directory}/${++count}-${ending.slice(-120)}`
    },
    close: async () => {
      if (directory) await files.removeTree(await directory)
      directory = undefined
    },
  }
}
