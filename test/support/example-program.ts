import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export interface RunningProgram {
  /** Resolves when this was printed, to either stream, as often as asked. */
  said(what: RegExp, times?: number): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
  /** What was printed so far. */
  told(): { readonly out: string; readonly err: string }
  interrupt(): void
}

const children = new Set<ChildProcess>()

/** For `afterEach`: a test that failed leaves nothing running. */
export function endPrograms(): void {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
}

/** An example as a process of its own, with `dir` as its working directory. `program` is a path below `examples/`. */
export function runExample(program: string, dir: string, ...args: string[]): RunningProgram {
  const file = join(import.meta.dirname, '..', '..', 'examples', program)
  const child = spawn(process.execPath, [file, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let [out, err] = ['', '']
  const wake: (() => void)[] = []
  const heard = (): void => {
    for (const one of wake.splice(0)) one()
  }
  child.stdout.on('data', chunk => {
    out += chunk
    heard()
  })
  child.stderr.on('data', chunk => {
    err += chunk
    heard()
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>(done =>
    child.on('close', code => {
      children.delete(child)
      done({ code, out, err })
      heard()
    }),
  )
  const said = async (what: RegExp, times = 1): Promise<void> => {
    while ([...`${out}\n${err}`.matchAll(new RegExp(what, 'g'))].length < times) {
      if (child.exitCode !== null) throw new Error(`${program} ended without saying ${what}:\n${out}\n${err}`)
      await new Promise<void>(resolve => wake.push(resolve))
    }
  }
  return { said, ended, told: () => ({ out, err }), interrupt: () => child.kill('SIGINT') }
}
