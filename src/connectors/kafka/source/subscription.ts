import { MillraceError } from '../../../errors/index.ts'
import { parseJavaRegex, RegexProblem, toJs } from '../../../types/regex/index.ts'
import type { TopicPartition } from '../client/contract.ts'
import { nameOf } from '../client/partition-name.ts'

/** Which partitions are read: all of some topics, all of the topics that a pattern finds, or those that are named. */
export type Subscription =
  | { readonly kind: 'subscribe'; readonly topics: readonly string[] }
  | { readonly kind: 'subscribePattern'; readonly pattern: string; readonly finds: (topic: string) => boolean }
  | { readonly kind: 'assign'; readonly topics: readonly string[]; readonly partitions: readonly TopicPartition[] }

export interface SubscriptionOptions {
  readonly subscribe?: string | undefined
  readonly subscribePattern?: string | undefined
  readonly assign?: string | undefined
}

const WAYS = ['subscribe', 'subscribePattern', 'assign'] as const
const invalid = (option: string, value: string, expected: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, format: 'kafka', value, expected })

/** Reads the one of the three options that is given; that it is one was examined with the other options. @throws INVALID_OPTION */
export function subscriptionOf(options: SubscriptionOptions): Subscription {
  const way = WAYS.find(name => options[name] !== undefined)
  return READERS[way!](options)
}

const READERS: Readonly<Record<(typeof WAYS)[number], (options: SubscriptionOptions) => Subscription>> = {
  subscribe: ({ subscribe }) => topicsNamed(subscribe!),
  subscribePattern: ({ subscribePattern }) => topicsLike(subscribePattern!.trim()),
  assign: ({ assign }) => partitionsNamed(assign!),
}

function topicsNamed(text: string): Subscription {
  const names = text.split(',').map(name => name.trim())
  const topics = [...new Set(names.filter(name => name !== ''))]
  if (topics.length === 0) throw invalid('subscribe', text, 'topic names with commas between them')
  return { kind: 'subscribe', topics }
}

function topicsLike(pattern: string): Subscription {
  if (pattern === '') throw invalid('subscribePattern', pattern, 'a pattern of topic names')
  try {
    const { regexp } = toJs(parseJavaRegex(pattern))
    const finds = (topic: string): boolean => {
      regexp.lastIndex = 0
      return regexp.test(topic)
    }
    return { kind: 'subscribePattern', pattern, finds }
  } catch (problem) {
    if (problem instanceof RegexProblem || problem instanceof SyntaxError)
      throw invalid('subscribePattern', pattern, `a Java regular expression (${problem.message})`)
    throw problem
  }
}

const ASSIGN = '{"topic":[0,1]}'

function partitionsNamed(text: string): Subscription {
  const wrong = (): MillraceError => invalid('assign', text, `JSON such as ${ASSIGN}`)
  const value = jsonIn(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong()
  const partitions: TopicPartition[] = []
  for (const [topic, numbers] of Object.entries(value)) {
    if (!Array.isArray(numbers)) throw wrong()
    for (const partition of new Set(numbers)) {
      if (!Number.isInteger(partition) || partition < 0) throw wrong()
      partitions.push({ topic, partition })
    }
  }
  if (partitions.length === 0) throw wrong()
  return { kind: 'assign', topics: [...new Set(partitions.map(p => p.topic))], partitions }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As in Spark's progress: `Subscribe[clicks, orders]`, `SubscribePattern[click.*]`, `Assign[clicks-0, clicks-1]`. */
export function describe(subscription: Subscription): string {
  switch (subscription.kind) {
    case 'subscribe':
      return `Subscribe[${subscription.topics.join(', ')}]`
    case 'subscribePattern':
      return `SubscribePattern[${subscription.pattern}]`
    case 'assign':
      return `Assign[${subscription.partitions.map(nameOf).join(', ')}]`
  }
}
