import { existsSync } from 'node:fs'
import { Admin } from '@platformatic/kafka'
import { expect, it } from 'vitest'
import { describeWith } from './describe-with.ts'
import { guardedRegistry } from './guarded-registry.ts'
import { createTopic, deleteTopic, growTopic, kafka, topic } from './kafka.ts'
import { ownBroker } from './own-broker.ts'
import { register, registry, subject } from './registry.ts'

describeWith('kafka', 'a broker for tests', () => {
  it('is one for all, with topics that can be used at once', async () => {
    const broker = await kafka()
    expect(await kafka()).toEqual(broker)
    expect(Object.values(broker.stores).filter(file => !existsSync(file))).toEqual([])
    const name = await createTopic(topic('orders'), { partitions: 3, config: { 'retention.ms': '100000' } })
    await growTopic(name, 5)
    await deleteTopic(name)
  })

  it('may be one of a test’s own, that keeps ports and topics when it is killed', { timeout: 120_000 }, async () => {
    await using broker = await ownBroker()
    const bootstrap = broker.addresses.plaintext
    const name = await createTopic(topic('kept'), { partitions: 2 }, bootstrap)
    await broker.kill()
    await broker.start()
    const admin = new Admin({ clientId: 'tests', bootstrapBrokers: [bootstrap] })
    expect((await admin.metadata({ topics: [name] })).topics.get(name)?.partitions.length).toBe(2)
    await admin.close()
  })
})

describeWith('registry', 'a registry for tests', () => {
  const integer = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] }

  it('keeps schemas and refuses incompatible ones', async () => {
    const name = subject('r')
    const id = await register(name, integer)
    expect(await register(name, integer)).toBe(id)
    await expect(register(name, { ...integer, fields: [{ name: 'b', type: 'int' }] })).rejects.toThrow('409')
  })

  it('can stand behind a login', async () => {
    const authorization = `Bearer ${subject('token')}`
    await using guarded = await guardedRegistry(authorization)
    expect((await fetch(`${guarded.url}/subjects`)).status).toBe(401)
    const answer = await fetch(`${guarded.url}/subjects`, { headers: { authorization } })
    expect([answer.status, guarded.requests.map(r => r.allowed)]).toEqual([200, [false, true]])
    expect(await (await fetch(`${(await registry()).url}/config`)).json()).toMatchObject({ compatibilityLevel: 'BACKWARD' })
  })
})
