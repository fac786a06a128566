/**
 * `npm test`: types, style, doors, build and package checks, then every test. Each check counts as one test; the last line is `N passed, N failed`.
 * Arguments are handed to vitest: `npm test -- src/sql`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const run = (command: string, args: readonly string[]): Promise<number> =>
  new Promise(done => {
    spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', code => done(code ?? 1))
  })

const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', 'tsc', []],
  ['style', 'biome', ['check', '--diagnostic-level=error']],
  ['doors', 'node', ['scripts/check-doors.ts']],
  ['build', 'npm', ['run', '--silent', 'build']],
  ['publint', 'publint', ['--strict']],
  ['types of the package', 'attw', ['--pack', '.', '--profile', 'esm-only']],
]

async function checks(): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [name, command, args] of CHECKS) {
    const ok = (await run(command, args)) === 0
    console.log(`${ok ? '✓' : '✗'} ${name}`)
    counts[ok ? 'passed' : 'failed']++
  }
  return counts
}

async function tests(filters: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  const report = join(folder, 'report.json')
  const code = await run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters])
  try {
    const r = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      numPendingTests: number
      numFailedTestSuites: number
    }
    // A file that cannot even be loaded has no failed test in it.
    const failed = r.numFailedTests === 0 && (code !== 0 || r.numFailedTestSuites > 0) ? 1 : r.numFailedTests
    return { passed: r.numPassedTests, failed, skipped: r.numPendingTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const filters = process.argv.slice(2)
const first = filters.length === 0 ? await checks() : { passed: 0, failed: 0, skipped: 0 }
const then = await tests(filters)
const failed = first.failed + then.failed
const skipped = first.skipped + then.skipped
process.exitCode = failed === 0 ? 0 : 1
console.log(`${first.passed + then.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
