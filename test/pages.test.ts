import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')
const rooms = readdirSync(SRC, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
const pages = ['src', 'docs', 'examples', 'bench', 'test'].flatMap(folder =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md') && !name.includes('decisions/'))
    .map(name => `${folder}/${name}`),
)
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

test.each(rooms)('the room %s says in at most 40 lines what lives there', room => {
  const page = join(SRC, room, 'README.md')
  expect(existsSync(page)).toBe(true)
  expect(readFileSync(page, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40)
})

test('src/README.md names every room', () => {
  const text = read('src/README.md')
  expect(rooms.filter(room => !text.includes(`\`${room}/\``))).toEqual([])
})

/** Texts in back quotes that are paths of files: with an ending, without holes. */
const namedFiles = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([\w./-]+\.(?:ts|md|py|jsonl?))`/g)].map(m => m[1]!)
const linkedFiles = (text: string): readonly string[] => [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(m => m[1]!)

describe('files that pages name are there', () => {
  test.each(['README.md', 'CONTRIBUTING.md', ...pages])('%s', page => {
    const here = dirname(join(ROOT, page))
    const places = [here, ROOT, SRC, join(ROOT, 'test')]
    const named = namedFiles(read(page)).filter(name => !places.some(place => existsSync(join(place, name)) || below(place, name)))
    const linked = linkedFiles(read(page)).filter(name => !existsSync(join(here, name)))
    expect([...named, ...linked]).toEqual([])
  })
})

/** A bare name may stand for a file in a folder of the room; one with a star stands for several. */
function below(place: string, name: string): boolean {
  if (place === ROOT) return false
  return readdirSync(place, { recursive: true, encoding: 'utf8' }).some(path => path === name || path.endsWith(`/${name}`))
}

test('each test that SPEC.md names is there', () => {
  const folder = join(SRC, 'microbatch')
  const cells = [...read('src/microbatch/SPEC.md').matchAll(/`((?:[\w-]+\/)?[\w-]+\.test\.ts)`(?:: ([^,|`]+?))?(?=,| *\|)/g)]
  expect(cells.length).toBeGreaterThan(15)
  const missing = cells.filter(([, file, title]) => {
    const path = [folder, SRC, join(ROOT, 'test')].map(place => join(place, file!)).find(existsSync)
    return !path || (title !== undefined && !readFileSync(path, 'utf8').includes(title.replace(/…$/, '').trim()))
  })
  expect(missing.map(([cell]) => cell)).toEqual([])
})
