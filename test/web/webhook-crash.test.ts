import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { choosePorts } from '../../scripts/services/ports.ts'
import { Session } from '../../src/index.ts'
import { places, until } from './support.ts'

const fresh = places()
const KILLS = 10
const SENDERS = 8

/** Starts the program and waits until it listens. */
async function start(port: number, directory: string, ...more: string[]): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'webhook-victim.ts')
  const child = spawn(process.execPath, [program, String(port), directory, ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])) as [unknown]
  if (typeof line === 'number') throw new Error(`the program ended with ${line}`)
  return child
}

test(`no acknowledged event is lost, and none counts twice, though the process is killed ${KILLS} times`, async () => {
  const directory = fresh()
  const { port } = await choosePorts(['port'])
  const acknowledged = new Set<string>()
  let [sent, over] = [0, false]
  // Each event is sent once: whoever gets no answer does not know, and sends another one.
  const sender = async (name: number): Promise<void> => {
    while (!over) {
      const id = `${name}-${sent++}`
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'x-request-id': id },
        body: `event ${id}`,
      }).catch(() => undefined)
      if (answer?.status === 200) acknowledged.add(id)
      else await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const senders = Array.from({ length: SENDERS }, (_, name) => sender(name))
  for (let kill = 0; kill < KILLS; kill++) {
    const child = await start(port, directory)
    const before = acknowledged.size
    // some die with their first event, some in the middle of batches
    await until(() => acknowledged.size > before + kill * 20, 'an acknowledgement')
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  over = true
  await Promise.all(senders)
  const last = await start(port, directory, 'drain')
  if (last.exitCode === null) await once(last, 'exit')
  const session = await Session.open()
  const rows = await session.read.schema('id string, body string').json(`${directory}/lake`).collect()
  await session.close()
  const ids = rows.map(row => row.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...acknowledged].filter(id => !new Set(ids).has(id))).toEqual([])
  expect(rows.every(row => row.body === `event ${row.id}`)).toBe(true)
  expect(acknowledged.size).toBeGreaterThan(KILLS)
}, 180_000)
