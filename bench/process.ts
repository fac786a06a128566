import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** What a program of the bench prints as its last line. */
export type Report = Readonly<Record<string, number>>

export function runProgram(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Report> {
  return new Promise((done, fail) => {
    const started = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    let out = ''
    let err = ''
    let first = Number.NaN
    child.stdout.on('data', d => {
      out += d
      if (Number.isNaN(first) && out.includes('first-result')) first = performance.now() - started
    })
    child.stderr.on('data', d => (err += d))
    child.on('error', fail)
    child.on('close', code => {
      const last = out.trim().split('\n').at(-1) ?? ''
      if (code !== 0 || !last.startsWith('{'))
        return fail(new Error(`${command} ${args.join(' ')} ended with ${code}\n${err.slice(-3000)}\n${out.slice(-1000)}`))
      done({ ...(JSON.parse(last) as Report), wallMs: performance.now() - started, firstResultMs: first })
    })
  })
}

/** A program of `programs/` in a process of its own. */
export const program = (name: string, ...args: string[]): Promise<Report> =>
  runProgram(process.execPath, [join(import.meta.dirname, 'programs', `${name}.ts`), ...args])

/** A program that is JavaScript already. */
export const script = (path: string, ...args: string[]): Promise<Report> => runProgram(process.execPath, [path, ...args])

/** The same work in Spark, from `pip install pyspark`. */
export const spark = (name: string, ...args: string[]): Promise<Report> =>
  runProgram(process.env['PYTHON'] ?? 'python3', [join(import.meta.dirname, 'anchors', 'spark.py'), name, ...args], {
    SPARK_LOCAL_IP: '127.0.0.1',
  })
