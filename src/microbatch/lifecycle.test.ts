import { expect, test } from 'vitest'
import { type Event, isOver, next, type State, TRANSITIONS } from './lifecycle.ts'

const STATES = Object.keys(TRANSITIONS) as State[]
const EVENTS = Object.keys(TRANSITIONS.waiting) as Event[]

test('every state answers every event, and no event leaves the table', () => {
  for (const state of STATES) {
    for (const event of EVENTS) {
      expect(TRANSITIONS[state]).toHaveProperty(event)
      expect(STATES).toContain(next(state, event))
    }
  }
})
test('what is over stays over', () => {
  for (const state of STATES.filter(isOver)) for (const event of EVENTS) expect(next(state, event)).toBe(state)
})
test('stop always leads to the end, and a failure while stopping is no failure', () => {
  for (const state of STATES.filter(s => !isOver(s))) {
    expect(next(state, 'stop')).toBe('stopping')
    expect(next(next(state, 'stop'), 'error')).toBe('stopped')
    expect(next(next(state, 'stop'), 'ended')).toBe('stopped')
    expect(next(state, 'error')).toBe(state === 'stopping' ? 'stopped' : 'failed')
  }
})
