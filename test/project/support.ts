import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { type RunningProgram, runExample } from '../support/example-program.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SRC = `${pathToFileURL(join(ROOT, 'src')).href}/`

/** A project of these files in a directory of its own. `millrace` and `millrace/project` in their imports are this checkout. */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await directory()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), path.endsWith('.ts') ? here(text) : text)
  }
  return root
}

/** A copy of an example, so that nothing is written into the checkout. */
export async function copyExample(name: string): Promise<string> {
  const root = await directory()
  const kept = (path: string): boolean => !/\/data\/0[2-9]|\/\.millrace/.test(path)
  await cp(join(ROOT, 'examples', name), root, { recursive: true, filter: kept })
  for (const file of await readdir(root, { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const text = await readFile(join(root, file), 'utf8')
    await writeFile(join(root, file), text.replaceAll(/'(?:\.\.\/)+src\//g, `'${SRC}`))
  }
  return root
}

const here = (text: string): string =>
  text.replaceAll("'millrace/project'", `'${SRC}project/index.ts'`).replaceAll("'millrace'", `'${SRC}index.ts'`)

async function directory(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-project-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  return root
}

/** `millrace …` in a directory, as a process of its own. */
export const millrace = (root: string, ...args: string[]): RunningProgram => runExample('../src/cli/main.ts', root, ...args)

/** Rows of all CSV files of a directory, without heads, sorted. */
export async function csvRows(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter(n => n.endsWith('.csv'))
  const texts = await Promise.all(names.map(n => readFile(join(directory, n), 'utf8')))
  return texts.flatMap(t => t.trim().split('\n').slice(1)).sort()
}
