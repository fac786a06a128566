import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examples } from '../scripts/examples.ts'
import { type Example, judgeFunctions } from '../scripts/judge/functions.ts'
import type { Outcome } from '../scripts/judge/outcome.ts'

const folder = new URL('golden/functions/', import.meta.url)
type Recorded = Example & { readonly expression?: string; readonly error?: string }
const recorded = readdirSync(folder)
  .filter(f => f.endsWith('.jsonl'))
  .flatMap(f => readFileSync(new URL(f, folder), 'utf8').trim().split('\n'))
  .map(line => JSON.parse(line) as Recorded)

describe('every example of the function table', () => {
  it('is recorded, and Spark takes it', () => {
    const known = new Set(recorded.filter(r => r.error === undefined).map(r => r.expression ?? r.query.slice('SELECT '.length, -1)))
    const texts = Object.values(examples()).flatMap(group => group.map(e => (typeof e === 'string' ? e : e.expression)))
    expect(texts.filter(t => !known.has(t))).toEqual([])
  })

  it('gives what Spark gives', async () => {
    const outcomes: Outcome[] = []
    for await (const outcome of judgeFunctions(folder.pathname)) outcomes.push(outcome)
    expect(outcomes.filter(o => o.result !== 'passed').map(o => `${o.name} ${o.why}`)).toEqual([])
  })
})
