/**
 * ```
 * waiting ──batch-planned──► running ──batch-committed──► waiting
 *    └──────────── stop ─────► stopping ──ended──► stopped
 *    └──────────── drained ──► stopped          (once, availableNow)
 *  any living state ── error ──► failed         (while stopping: stopped, the batch simply was not committed)
 * ```
 */
export type State = 'waiting' | 'running' | 'stopping' | 'stopped' | 'failed'
export type Event = 'batch-planned' | 'batch-committed' | 'drained' | 'stop' | 'ended' | 'error'

const stay = null
export const TRANSITIONS: Readonly<Record<State, Readonly<Record<Event, State | typeof stay>>>> = {
  waiting: { 'batch-planned': 'running', 'batch-committed': stay, drained: 'stopped', stop: 'stopping', ended: 'stopped', error: 'failed' },
  running: { 'batch-planned': stay, 'batch-committed': 'waiting', drained: stay, stop: 'stopping', ended: stay, error: 'failed' },
  stopping: { 'batch-planned': stay, 'batch-committed': stay, drained: stay, stop: stay, ended: 'stopped', error: 'stopped' },
  stopped: { 'batch-planned': stay, 'batch-committed': stay, drained: stay, stop: stay, ended: stay, error: stay },
  failed: { 'batch-planned': stay, 'batch-committed': stay, drained: stay, stop: stay, ended: stay, error: stay },
}

export const next = (state: State, event: Event): State => TRANSITIONS[state][event] ?? state
export const isOver = (state: State): boolean => state === 'stopped' || state === 'failed'
