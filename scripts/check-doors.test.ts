import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkDoors, circles, importsOf, roomOf, verdict } from './check-doors.ts'

describe('doors', () => {
  it.each([
    ['api/column.ts', '../sql/index.ts', undefined],
    ['api/column.ts', '../engine/contract.ts', undefined],
    ['api/column.ts', '../engine/embedded/index.ts', 'api/ builds plans'],
    ['microbatch/loop.ts', '../connectors/contract.ts', undefined],
    ['microbatch/loop.ts', '../connectors/files/index.ts', 'microbatch/ is the heart'],
    ['plan/json.ts', '../types/index.ts', undefined],
    ['plan/json.ts', '../sql/index.ts', 'plan/ is data'],
    ['engine/embedded/duck/instance.ts', '@duckdb/node-api', undefined],
    ['engine/embedded/lower/filter.ts', '@duckdb/node-api', 'DuckDB is known'],
    ['checkpoint/ledger.ts', 'node:fs', 'through platform/'],
    ['checkpoint/ledger.ts', 'left-pad', 'has no room'],
  ])('%s -> %s', (from, to, why) => {
    if (why === undefined) expect(verdict({ from, to })).toBeUndefined()
    else expect(verdict({ from, to })).toContain(why)
  })

  it('finds the room of a file', () => {
    expect(roomOf('engine/embedded/lower/x.ts')).toBe('engine/embedded')
    expect(roomOf('wiring.ts')).toBe('wiring.ts')
  })

  it('reads imports, their lines and whether they run', () => {
    const source =
      "import type { A } from './a.ts'\n// import './no.ts'\nimport { type B, c } from './b.ts'\nexport * from './d.ts'\nconst e = () => import('./e.ts')\n"
    expect(importsOf('x.ts', source).map(i => [i.to, i.line, i.runtime])).toEqual([
      ['./a.ts', 1, false],
      ['./b.ts', 3, true],
      ['./d.ts', 4, true],
      ['./e.ts', 5, false],
    ])
  })

  it('finds circles', () => {
    const edge = (from: string, to: string) => ({ from, to, line: 1, runtime: true })
    expect(circles([edge('a.ts', './b.ts'), edge('b.ts', './c.ts'), edge('c.ts', './a.ts'), edge('c.ts', './d.ts')])).toEqual([
      ['a.ts', 'b.ts', 'c.ts', 'a.ts'],
    ])
  })
})

it('every file of src/ respects them', () => {
  expect(checkDoors(fileURLToPath(new URL('../src', import.meta.url)))).toEqual([])
})
