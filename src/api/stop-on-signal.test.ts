import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-signal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A child whose second batch waits for ever and says so, unless it is called with `on`. */
const program = (options: string): string => `
  import { Session } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
  const session = await Session.open(${options})
  const query = await session.readStream.format('rate-micro-batch').option('rowsPerBatch', 10).load().writeStream
    .option('checkpointLocation', ${JSON.stringify(join(dir, 'checkpoint'))})
    .foreachBatch(async (batch, id, { signal }) => {
      if (id < 1 || process.argv.includes('on')) return void console.log('batch ' + id)
      console.log('waiting')
      await new Promise((_, reject) => {
        const alive = setInterval(() => {}, 1000)
        signal.addEventListener('abort', () => (clearInterval(alive), reject(signal.reason)))
      })
    })
    .start()
  await query.awaitTermination()
  console.log('ended, active: ' + session.streams.active.length)
  await session.close()
`

const run = (options: string, signal: NodeJS.Signals, until: RegExp, ...args: string[]) =>
  runProgram(program(options), signal, until, ...args)

async function runProgram(text: string, signal: NodeJS.Signals, until: RegExp, ...args: string[]) {
  const file = join(dir, 'main.mjs')
  await writeFile(file, text)
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  let sent = false
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk
    if (!sent && until.test(out)) sent = child.kill(signal)
  })
  return new Promise<{ code: number | null; by: string | null; out: string }>(done =>
    child.on('close', (code, by) => done({ code, by, out })),
  )
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends the batch in flight, the program goes on behind it, and a restart runs the batch again',
  async signal => {
    const stopped = await run('{ stopOnSignal: true }', signal, /waiting/)
    expect(stopped).toEqual({ code: 0, by: null, out: 'batch 0\nwaiting\nended, active: 0\n' })
    const again = await run('{ stopOnSignal: true }', signal, /batch 2/, 'on')
    expect(again.code).toBe(0)
    expect(again.out).toMatch(/^batch 1\nbatch 2\n/)
  },
)

test('without it a signal ends the process at once', async () => {
  expect(await run('{}', 'SIGTERM', /waiting/)).toMatchObject({ code: null, by: 'SIGTERM' })
})

test.each([
  ['before the first query', ''],
  [
    'after the last one',
    `const query = await session.readStream.format('rate-micro-batch').option('rowsPerBatch', 1).load().writeStream
     .format('noop').trigger({ once: true }).start()
     await query.awaitTermination()`,
  ],
])('%s a signal ends the process as ever', async (_, queries) => {
  const text = `
    import { Session } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
    const session = await Session.open({ stopOnSignal: true })
    ${queries}
    console.log('idle')
    setInterval(() => {}, 1000)
  `
  expect(await runProgram(text, 'SIGINT', /idle/)).toMatchObject({ code: null, by: 'SIGINT' })
})
