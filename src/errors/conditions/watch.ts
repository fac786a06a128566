import { conditions } from '../condition.ts'

/** Conditions of `watch/`: the HTTP page, alerts, tracing and lineage of a session. */
export const watch = conditions({
  WATCH_OPTION: {
    domain: 'user',
    message: (p: { option: string; expected: string; got: string }) => `"${p.option}" must be ${p.expected}, got ${p.got}`,
    hint: (p: { option: string }) => `Mend "${p.option}"; nothing was started. docs/watching.md shows every option.`,
  },
  ALERT_INVALID: {
    domain: 'user',
    message: (p: { at: string; problem: string; instead: string }) => `${p.at}: ${p.problem}`,
    hint: (p: { instead: string }) => p.instead,
  },
  ALERT_NOT_DELIVERED: {
    domain: 'external',
    message: (p: { rule: string; channel: string; why: string; attempts: number }) =>
      `the alert "${p.rule}" did not reach "${p.channel}" in ${p.attempts} ${p.attempts === 1 ? 'attempt' : 'attempts'}: ${p.why}`,
    hint: () => 'The query goes on. Check the address and what answers there.',
  },
})
