import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, unknown>>

test('the doors of the package are these', () => {
  expect(Object.keys(manifest['exports']!)).toEqual(['.', './testing', './project', './package.json'])
})

test('the list of what is always installed is short', () => {
  expect(Object.keys(manifest['dependencies']!)).toEqual(['@duckdb/node-api', '@duckdb/node-bindings', 'yaml'])
})

test('importing the package loads neither DuckDB nor a connector', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    await import(${JSON.stringify(resolve(ROOT, 'src/index.ts'))})
    console.log(JSON.stringify(loaded))`
  const loaded = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as string[]
  const heavy = loaded.filter(url =>
    /@duckdb|@platformatic|jks-js|node_modules.yaml|\/connectors\/[a-z-]+\/|\/engine\/embedded\/|\/microbatch\/|\/formats\//.test(url),
  )
  expect(heavy).toEqual([])
})
