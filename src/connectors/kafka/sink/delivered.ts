import type { Delivered } from '../../contract.ts'

/** Spark's sink, and ours with transactions. */
export const DELIVERED = {
  plain: {
    delivery: 'at-least-once',
    why: "a batch that did not commit is sent again; .option('transactional', true) leaves one copy",
  },
  transactional: {
    delivery: 'exactly-once',
    why: 'for readers with isolation.level read_committed; others also see records of attempts that did not count',
  },
} as const satisfies Readonly<Record<string, Delivered>>

/** By the option `transactional`. */
export function deliveredBy(options: Readonly<Record<string, string>>): Delivered {
  const transactional = Object.entries(options).some(
    ([name, value]) => name.toLowerCase() === 'transactional' && value.toLowerCase() === 'true',
  )
  return transactional ? DELIVERED.transactional : DELIVERED.plain
}
