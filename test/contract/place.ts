import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'
import { afterAll } from 'vitest'
import type { ConnectorContext, ToFiles, WrittenFile } from '../../src/connectors/contract.ts'
import type { Session } from '../../src/index.ts'
import { nodePlatform, type Platform } from '../../src/platform/index.ts'
import { localStore } from '../../src/storage/index.ts'
import type { MakeFiles } from '../../src/testing/sink-contract.ts'
import type { StructType } from '../../src/types/index.ts'

/** Fresh directories of one test file, removed at its end. */
export function places(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-contract-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return () => mkdtempSync(join(root, 'p-'))
}

export const connectorContext = (over: Partial<ConnectorContext> = {}): ConnectorContext => {
  const platform: Platform = over.platform ?? nodePlatform
  return { platform, options: {}, paths: [], conf: () => undefined, store: async uri => localStore(uri, platform), warn: () => {}, ...over }
}

/** For connectors that need an engine only for what their contract does not ask. */
export const noEngine: NonNullable<ConnectorContext['compute']> = async () => {
  throw new Error('nothing is to be computed here')
}

/** Every data file below a directory, relative to it. */
export const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    name => extname(name) !== '' && !/(^|\/)[_.]/.test(name) && statSync(join(directory, name)).isFile(),
  )

/** Files as the engine makes them: the rows are saved beside and moved to the names that were asked for. */
export const makeFilesWith =
  (session: () => Session, schema: StructType, fresh: () => string): MakeFiles =>
  async (rows, to: ToFiles): Promise<WrittenFile[]> => {
    const aside = join(fresh(), 'made')
    const { format, options, partitionBy, directory, name } = to
    if (rows.length === 0) return []
    const writer = session().createDataFrame(rows, schema).write.format(format)
    await Object.entries(options)
      .reduce((w, [key, value]) => w.option(key as never, value), writer.partitionBy(...partitionBy))
      .save(aside)
    return filesBelow(aside).map((found, n) => {
      const path = join(relative('.', dirname(found)), name(n))
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      cpSync(join(aside, found), join(directory, path))
      return { path, size: statSync(join(aside, found)).size, rows: rows.length }
    })
  }
