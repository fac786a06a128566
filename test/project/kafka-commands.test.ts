import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { endPrograms } from '../support/example-program.ts'
import { describeWith } from '../support/services/describe-with.ts'
import { kafka, topic } from '../support/services/kafka.ts'
import { millrace } from './support.ts'

afterEach(endPrograms)

describeWith('kafka', 'commands for topics', () => {
  test('topics apply makes a topic, produce fills it, tail shows it', async () => {
    const { plaintext } = await kafka()
    const name = topic('commands')
    const root = await mkdtemp(join(tmpdir(), 'millrace-commands-'))
    try {
      await writeFile(
        join(root, 'topic.yaml'),
        `apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: { name: ${name} }\nspec: { partitions: 1 }\n`,
      )
      await writeFile(join(root, 'clicks.jsonl'), '{"page":"home","n":1}\n{"page":"cart","n":2}\n')
      const done = async (...args: string[]) => millrace(root, ...args, '-b', plaintext).ended
      expect((await done('topics', 'apply', 'topic.yaml')).out).toMatch(new RegExp(`${name} +created`))
      expect((await done('topics', 'apply', 'topic.yaml')).code).toBe(0)
      expect(JSON.parse((await done('produce', name, 'clicks.jsonl', '--key', 'page', '--json')).out)).toMatchObject({
        sent: 2,
        delivered: 2,
        failed: 0,
      })
      const tailed = await done('tail', name, '--from', 'earliest', '-n', '2', '--json')
      expect(
        tailed.out
          .trim()
          .split('\n')
          .map(line => JSON.parse(line)),
      ).toMatchObject([
        { topic: name, partition: 0, offset: 0, key: 'home', value: '{"page":"home","n":1}' },
        { offset: 1, key: 'cart', value: '{"page":"cart","n":2}' },
      ])
      const missing = await done('produce', `${name}-not`, 'clicks.jsonl', '--option', 'default.api.timeout.ms=3000')
      expect([missing.code, missing.err]).toEqual([expect.any(Number), expect.stringMatching(/^\[KAFKA/)])
      expect(missing.code).not.toBe(0)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})
