import { conditions } from '../condition.ts'

/** Conditions of reading a plan's JSON form. */
export const plan = conditions({
  INVALID_PLAN_JSON: {
    domain: 'user',
    message: (p: { at: string; problem: string }) => `the plan cannot be read at ${p.at}: ${p.problem}`,
    hint: () => "Give a relation in Spark Connect's protobuf JSON form, as planToJson() writes it.",
    sparkClass: 'CONNECT_INVALID_PLAN',
  },
})
