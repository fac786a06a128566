import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('importing Millrace loads neither DuckDB nor a connector', () => {
  const program = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) })
    await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    console.log(JSON.stringify(seen.filter(u => /duckdb|\\/connectors\\/|\\/engine\\/embedded\\/|\\/microbatch\\//.test(u))))`
  expect(JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }))).toEqual([])
})
