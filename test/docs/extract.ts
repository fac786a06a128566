import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export interface Example {
  /** File and line. */
  readonly at: string
  readonly text: string
}

/** The examples in the docstrings of a room's files. Those of `generated.ts` are SQL of the function table, which `test/functions.test.ts` runs. */
export function docExamples(room: string): readonly Example[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.ts$/.test(name) && !/(\.test|generated?)\.ts$/.test(name))
    .sort()
    .flatMap(name => inSource(`${room}/${name}`, readFileSync(join(root, room, name), 'utf8')))
}

function inSource(file: string, source: string): Example[] {
  const found: Example[] = []
  for (const comment of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const body = comment[0].slice(3, -2).replaceAll(/^ *\* ?/gm, '')
    for (const example of body.matchAll(/@example\s+([\s\S]*?)(?=\n@\w|$)/g)) {
      const line = source.slice(0, comment.index).split('\n').length
      found.push({ at: `${file}:${line}`, text: example[1]!.trim() })
    }
  }
  return found
}

/** The blocks of TypeScript in a page. */
export function pageExamples(page: string): readonly Example[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(block => ({
    at: `${page}:${text.slice(0, block.index).split('\n').length}`,
    text: block[1]!.trim(),
  }))
}
export const pages = (): readonly string[] => [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
    .sort(),
]
