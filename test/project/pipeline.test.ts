import { expect, test } from 'vitest'
import { isMillraceError } from '../../src/index.ts'
import { type Node, node, type Pipeline, pipeline } from '../../src/project/index.ts'

const same = (...args: any[]): unknown => args[0]
const step = (name: string, inputs: string | readonly string[], outputs: string | readonly string[], tags: readonly string[] = []): Node =>
  node(same, { name, inputs, outputs, tags })
const names = (p: Pipeline): readonly string[] => p.nodes.map(n => n.name)
const refusal = (f: () => unknown) => {
  try {
    f()
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  return expect.fail('refused nothing')
}

const shop = pipeline([
  step('report', ['joined', 'params:top'], 'summary', ['daily']),
  step('join', ['clean_rides', 'clean_stations'], 'joined', ['daily', 'heavy']),
  step('clean_rides', 'rides', 'clean_rides'),
  step('clean_stations', 'stations', 'clean_stations', ['light']),
])

test('nodes stand behind those they read from, whatever the order they were given in', () => {
  expect(names(shop)).toEqual(['clean_rides', 'clean_stations', 'join', 'report'])
  expect(shop.inputs()).toEqual(['rides', 'stations'])
  expect(shop.outputs()).toEqual(['summary'])
  expect(shop.parameters()).toEqual(['params:top'])
})

test.each([
  [{ fromNodes: ['join'] }, ['join', 'report']],
  [{ toNodes: ['join'] }, ['clean_rides', 'clean_stations', 'join']],
  [{ nodes: ['join', 'clean_rides'] }, ['clean_rides', 'join']],
  [{ tags: ['light', 'heavy'] }, ['clean_stations', 'join']],
  [{ fromInputs: ['stations'] }, ['clean_stations', 'join', 'report']],
  [{ toOutputs: ['clean_rides'] }, ['clean_rides']],
  [{ fromNodes: ['clean_rides'], toNodes: ['join'] }, ['clean_rides', 'join']],
  [{ fromInputs: ['stations'], tags: ['daily'] }, ['join', 'report']],
])('a slice: %j', (slice, expected) => {
  expect(names(shop.slice(slice))).toEqual(expected)
})

test('a name that a slice does not find is refused with the nearest one', () => {
  expect(refusal(() => shop.slice({ fromNodes: ['jion'] })).params).toEqual({
    what: 'node',
    name: 'jion',
    suggestion: ', did you mean "join"?',
  })
  expect(refusal(() => shop.slice({ tags: ['dayly'] })).params).toMatchObject({ what: 'tag' })
  expect(refusal(() => shop.slice({ fromInputs: ['ride'] })).params).toMatchObject({
    what: 'data set',
    suggestion: ', did you mean "rides"?',
  })
})

test('a loop is drawn', () => {
  const error = refusal(() =>
    pipeline([step('clean', 'enriched', 'cleaned'), step('enrich', 'cleaned', 'enriched'), step('other', 'a', 'b')]),
  )
  expect(error.condition).toBe('PIPELINE_CYCLE')
  expect(error.details.join('\n')).toBe(`  ┌─▶ enrich
  │     │ enriched
  │   clean
  │     │ cleaned
  └─────┘`)
})

test('two writers of one data set and two nodes of one name are refused', () => {
  expect(refusal(() => pipeline([step('a', 'x', 'y'), step('b', 'x', 'y')])).params).toEqual({ dataset: 'y', nodes: ['a', 'b'] })
  expect(refusal(() => pipeline([step('a', 'x', 'y'), step('a', 'x', 'z')])).params).toEqual({ node: 'a' })
})

test('one pipeline twice, under two namespaces', () => {
  const cleaning = pipeline([step('clean', ['raw', 'params:limit'], 'cleaned'), step('count', 'cleaned', 'counts')])
  const both = pipeline([
    pipeline([cleaning], { namespace: 'eu', inputs: { raw: 'eu_rides' }, parameters: { 'params:limit': 'params:eu.limit' } }),
    pipeline([cleaning], { namespace: 'us', inputs: 'raw', outputs: { counts: 'us_counts' }, tags: 'west' }),
  ])
  expect(both.nodes.map(n => [n.name, n.inputs, n.outputs])).toEqual([
    ['eu.clean', ['eu_rides', 'params:eu.limit'], 'eu.cleaned'],
    ['eu.count', 'eu.cleaned', 'eu.counts'],
    ['us.clean', ['raw', 'params:limit'], 'us.cleaned'],
    ['us.count', 'us.cleaned', 'us_counts'],
  ])
  expect(names(both.slice({ namespace: 'us' }))).toEqual(['us.clean', 'us.count'])
  expect(names(both.slice({ tags: ['west'] }))).toEqual(['us.clean', 'us.count'])
  expect(refusal(() => pipeline([cleaning], { namespace: 'eu', inputs: { rav: 'x' } })).params).toMatchObject({
    suggestion: ', did you mean "raw"?',
  })
})

test.each([
  ['no function', () => node(undefined as never, { inputs: 'a', outputs: 'b', name: 'n' }), /has no function/],
  ['neither inputs nor outputs', () => node(same, { name: 'n' }), /neither inputs nor outputs/],
  ['an option there is not', () => node(same, { inputs: 'a', output: 'b' } as never), /takes no "output"/],
  ['a parameter as output', () => node(same, { inputs: 'a', outputs: 'params:b' }), /writes "params:b"/],
  ['an output twice', () => node(same, { inputs: 'a', outputs: ['b', 'b'] }), /writes "b" twice/],
  ['a restart there is not', () => node(same, { inputs: 'a', outputs: 'b', restart: { attempts: 0 } }), /cannot be restarted/],
])('a node with %s is refused', (_, make, problem) => {
  expect(refusal(make).message).toMatch(problem)
})
