import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LifeArguments } from './process.ts'

const PROGRAM = join(import.meta.dirname, 'process.ts')

/** How a process ended. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The failpoint it died at. */
  readonly diedAt?: string
  /** Conditions of the error that ended it, outermost first. */
  readonly failure?: { readonly conditions: readonly string[]; readonly message: string }
  /** How often it called what, where it ended in peace. */
  readonly calls?: Readonly<Record<string, number>>
}

const alive = new Set<ChildProcess>()
// Also those that sleep (SIGSTOP) and would never hear that nobody is left.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** One process of a pipeline, from its start to its death. */
export class Life {
  readonly #child: ChildProcess
  readonly #heard: { readonly word: string; readonly what: unknown }[] = []
  readonly #words = new Map<string, PromiseWithResolvers<unknown>>()
  readonly #end: Promise<End>
  #over: End | undefined

  constructor(life: LifeArguments) {
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(life)], { stdio: ['pipe', 'pipe', 'pipe'] })
    alive.add(this.#child)
    const said = { out: '', err: '' }
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (said.out + text).split('\n')
      said.out = lines.pop()!
      for (const line of lines) if (line.startsWith('{"word"')) this.#hear(JSON.parse(line) as { word: string; what: unknown })
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    this.#child.stdin!.on('error', () => {})
    this.#end = new Promise(resolve => {
      this.#child.on('close', (code, signal) => {
        alive.delete(this.#child)
        resolve(this.#close(code, signal, said.err))
      })
    })
  }

  get over(): End | undefined {
    return this.#over
  }
  get end(): Promise<End> {
    return this.#end
  }

  /** Resolves when the process says the word, or is over. */
  async hears(word: 'loaded' | 'started'): Promise<void> {
    await Promise.race([this.#word(word).promise, this.#end])
  }
  tell(order: 'go' | 'finish'): void {
    this.#child.stdin!.write(`${order}\n`)
  }
  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
  /** Waits until it is over by itself, so long at most. */
  async within(ms: number): Promise<End | undefined> {
    const over = new AbortController()
    const end = await Promise.race([this.#end, sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)])
    over.abort()
    return end ?? undefined
  }
  async kill(): Promise<End> {
    this.send('SIGKILL')
    return this.#end
  }

  #word(word: string): PromiseWithResolvers<unknown> {
    const known = this.#words.get(word) ?? Promise.withResolvers<unknown>()
    this.#words.set(word, known)
    return known
  }
  #hear(said: { word: string; what: unknown }): void {
    this.#heard.push(said)
    this.#word(said.word).resolve(said.what)
  }
  #close(code: number | null, signal: NodeJS.Signals | null, err: string): End {
    const what = (word: string): unknown => this.#heard.find(h => h.word === word)?.what
    const [diedAt, calls] = [what('dies') as string | undefined, what('ended') as End['calls']]
    const failure = (what('failed') as End['failure']) ?? (code !== 0 && signal === null ? { conditions: [], message: err } : undefined)
    this.#over = { code, signal, ...(diedAt && { diedAt }), ...(calls && { calls }), ...(failure && { failure }) }
    return this.#over
  }
}
