import { didYouMean, MillraceError } from '../../errors/index.ts'
import { parseExpression } from '../../sql/index.ts'
import { durationMicros, parseInterval } from '../../types/index.ts'
import { kafkaLag, lateRowsOf, type QueryFacts, watermarkLagMs } from '../book.ts'
import type { AlertChannel, AlertOptions, AlertRule } from './options.ts'

/** A rule as it is looked at. */
export interface Rule {
  readonly name: string
  readonly when: string
  readonly query: string | undefined
  readonly key: readonly string[]
  readonly tell: readonly string[]
  /** What is the matter with the query, or undefined; absent for rules over rows. */
  readonly problem: ((query: QueryFacts, nowMs: number) => string | undefined) | undefined
}

type Problem = NonNullable<Rule['problem']>
interface Form {
  readonly pattern: RegExp
  readonly problem: (amount: string) => Problem | undefined
}

const millis = (text: string): number | undefined => {
  const parts = /[a-z]/i.test(text) ? parseInterval(text) : undefined
  const ms = parts && Number(durationMicros(parts) / 1000n)
  return ms !== undefined && ms > 0 ? ms : undefined
}
const count = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)
const secondsText = (ms: number): string => `${Math.round(ms / 1000)} s`

const FORMS: readonly Form[] = [
  { pattern: /^failed()$/i, problem: () => q => (q.state === 'failed' ? `has failed: ${q.failure}` : undefined) },
  {
    pattern: /^no progress for\s+(.+)$/i,
    problem: amount => {
      const most = millis(amount)
      if (most === undefined) return undefined
      return (q, now) => {
        const since = now - (q.movedMs ?? q.startedMs)
        return q.state === 'running' && since >= most ? `has made no progress for ${secondsText(since)}` : undefined
      }
    },
  },
  { pattern: /^lag above\s+(.+)$/i, problem: amount => recordsBehind(count(amount)) ?? timeBehind(millis(amount)) },
  {
    pattern: /^late rows above\s+(.+)$/i,
    problem: amount => {
      const most = count(amount)
      if (most === undefined) return undefined
      return q => {
        const late = q.last ? lateRowsOf(q.last) : 0
        return q.state === 'running' && late > most ? `dropped ${late} late rows in batch ${q.last!.batchId}` : undefined
      }
    },
  },
]

function recordsBehind(most: number | undefined): Problem | undefined {
  if (most === undefined) return undefined
  return q => {
    const lag = kafkaLag(q)
    return q.state === 'running' && lag !== undefined && lag > most ? `is ${lag} records behind` : undefined
  }
}

function timeBehind(most: number | undefined): Problem | undefined {
  if (most === undefined) return undefined
  return (q, now) => {
    const lag = watermarkLagMs(q, now)
    return q.state === 'running' && lag !== undefined && lag > most ? `has a watermark ${secondsText(lag)} behind the clock` : undefined
  }
}

const refuse = (at: string, problem: string, instead: string): never => {
  throw new MillraceError('ALERT_INVALID', { at, problem, instead })
}
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const texts = (value: unknown): readonly string[] | undefined => {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return list.every((v): v is string => typeof v === 'string' && v !== '') ? list : undefined
}
function only(at: string, value: Record<string, unknown>, keys: readonly string[]): void {
  for (const key of Object.keys(value))
    if (!keys.includes(key)) refuse(at, `there is no "${key}"${didYouMean(key, keys)}`, `Write ${keys.join(', ')}.`)
}

/** Reads rules and looks at channels, before anything is started. Values of channels stand in no message. @throws ALERT_INVALID */
export function readRules(options: AlertOptions): readonly Rule[] {
  const given: unknown = options
  if (!isMap(given)) return refuse('alerts', 'it is no mapping', 'Write channels: and rules:.')
  only('alerts', given, ['channels', 'rules', 'retry'])
  const { channels, rules, retry = {} } = given
  if (!isMap(channels) || !isMap(rules)) return refuse('alerts', 'it needs channels and rules, each by name', 'Write channels: and rules:.')
  if (!isMap(retry) || Object.values(retry).some(v => !Number.isSafeInteger(v) || (v as number) < 1))
    refuse('alerts.retry', 'it is { attempts, backoffMs } in whole numbers from 1', 'For example { attempts: 5, backoffMs: 1000 }.')
  for (const [name, channel] of Object.entries(channels)) checkChannel(`alerts.channels.${name}`, channel as AlertChannel)
  return Object.entries(rules).map(([name, rule]) => readRule(name, rule as AlertRule, Object.keys(channels)))
}

const KINDS = ['webhook', 'slack', 'command'] as const

function checkChannel(at: string, channel: AlertChannel): void {
  if (!isMap(channel))
    refuse(at, 'it is no mapping', 'Write { webhook: https://… }, { slack: https://… } or { command: [program, argument] }.')
  only(at, channel as never, [...KINDS, 'headers'])
  const kinds = KINDS.filter(kind => kind in channel)
  if (kinds.length !== 1) refuse(at, `it has ${kinds.join(' and ') || 'no address'}`, `Write exactly one of ${KINDS.join(', ')}.`)
  if ('command' in channel) {
    const words = Array.isArray(channel.command) ? texts(channel.command) : undefined
    if (!words || words.length === 0) refuse(at, 'command is no list of texts', 'Write the program and each argument: [./page.sh, --now].')
    return
  }
  const url = 'slack' in channel ? channel.slack : channel.webhook
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) refuse(at, 'its address is no http(s) URL', 'Write the whole URL.')
  const headers = 'headers' in channel ? channel.headers : {}
  if (!isMap(headers) || Object.values(headers).some(v => typeof v !== 'string'))
    refuse(at, 'headers are no texts by name', 'Write headers: { authorization: Bearer … }.')
}

function readRule(name: string, rule: AlertRule, channels: readonly string[]): Rule {
  const at = `alerts.rules.${name}`
  if (!isMap(rule)) return refuse(at, 'it is no mapping', 'Write { when: failed, tell: NAME }.')
  only(at, rule as never, ['when', 'query', 'key', 'tell'])
  const { when, query } = rule
  const [key, tell] = [texts(rule.key), texts(rule.tell)]
  if (typeof when !== 'string' || when.trim() === '') return refuse(at, 'it has no when', 'Write when: failed, or another condition.')
  if (!key || !tell || (query !== undefined && texts(query) === undefined))
    return refuse(at, 'query, key and tell are names', 'Write names as texts.')
  const lost = tell.find(channel => !channels.includes(channel))
  if (lost !== undefined)
    refuse(at, `there is no channel "${lost}"${didYouMean(lost, channels)}`, `Channels are ${channels.join(', ') || 'none'}.`)
  if (channels.length === 0) refuse(at, 'there is nobody to tell', 'Add a channel.')
  const read = { name, when, query, key, tell: tell.length > 0 ? tell : channels }
  const problem = problemOf(at, when.trim())
  if (problem) {
    if (key.length > 0) refuse(at, 'a key belongs to rules over rows', 'Take the key away.')
    return { ...read, problem }
  }
  if (query === undefined)
    refuse(
      at,
      `"${when}" is about rows, and no query is named`,
      'Add query: NAME; or write failed, no progress for TIME, lag above N, late rows above N.',
    )
  return { ...read, problem: undefined }
}

function problemOf(at: string, when: string): Problem | undefined {
  const form = FORMS.find(f => f.pattern.test(when))
  if (form)
    return (
      form.problem(form.pattern.exec(when)![1]!) ??
      refuse(at, `cannot read the amount in "${when}"`, 'Write a whole number, or a time such as "5 minutes".')
    )
  try {
    parseExpression(when)
  } catch (cause) {
    refuse(
      at,
      `"${when}" is neither a condition of alerts nor SQL: ${(cause as Error).message.split('\n', 1)[0]}`,
      'Write failed, no progress for TIME, lag above N, late rows above N, or SQL over the rows.',
    )
  }
  return undefined
}
