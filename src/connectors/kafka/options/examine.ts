import { didYouMean, MillraceError } from '../../../errors/index.ts'
import type { OptionTable } from '../../contract.ts'
import { examineOptions, type OptionProblem, type OptionUse, type OptionValues } from '../../options.ts'
import { parseBootstrap } from '../client/config.ts'
import { KAFKA_OPTIONS } from '../options.ts'
import { CLIENT_OPTIONS, FILE_ALIASES } from './client-options.ts'

export type KafkaUse = Omit<OptionUse, 'format'>
export type KafkaValues = OptionValues<typeof KAFKA_OPTIONS>

/** What is to be done about one option. Never holds the value of a secret. */
export interface Verdict {
  readonly option: string
  readonly verdict: string
}
export interface Examined {
  readonly values: KafkaValues
  /** Those given as `kafka.*`, without the prefix. */
  readonly client: Readonly<Record<string, string>>
  readonly verdicts: readonly Verdict[]
}

const lower = (record: object): ReadonlyMap<string, string> => new Map(Object.keys(record).map(name => [name.toLowerCase(), name]))
const CLIENT_NAMES = lower(CLIENT_OPTIONS)
const OWN_NAMES = lower(KAFKA_OPTIONS)

/** All names that could be meant, as one would write them. */
const SPELLINGS = [KAFKA_OPTIONS, CLIENT_OPTIONS].flatMap((table: OptionTable, i) =>
  Object.entries(table)
    .filter(([name, spec]) => spec.refused === undefined && !name.endsWith('.*'))
    .map(([name]) => (i === 0 ? name : `kafka.${name}`)),
)

const DOORS = { source: { batch: 'read', stream: 'readStream' }, sink: { batch: 'write', stream: 'writeStream' } } as const
export const doorOf = (use: KafkaUse): string => DOORS[use.side][use.mode]

/** A problem found by the table as what to do about it. */
export function verdictOn({ condition, params }: OptionProblem, option: string, spellings: readonly string[] = SPELLINGS): Verdict {
  const say: { readonly [C in OptionProblem['condition']]: () => string } = {
    UNKNOWN_OPTION: () => `there is no such option${didYouMean(option, spellings)}`,
    OPTION_ON_WRONG_SIDE: () => `give it to ${(params as { belongs: string }).belongs}`,
    REFUSED_OPTION: () => (params as { why: string }).why,
    INVALID_OPTION: () => `must be ${(params as { expected: string }).expected}, got "${(params as { value: string }).value}"`,
    MISSING_OPTION: () => `is missing: ${(params as { describe: string }).describe}`,
  }
  return { option, verdict: say[condition]() }
}

/** A client option without `kafka.` in front: Spark would ignore it. */
function bareVerdict(name: string): Verdict | undefined {
  const known = CLIENT_NAMES.get(FILE_ALIASES[name.toLowerCase()] ?? name.toLowerCase())
  if (known === undefined || OWN_NAMES.has(name.toLowerCase())) return undefined
  const spec: OptionTable[string] = CLIENT_OPTIONS[known as keyof typeof CLIENT_OPTIONS]
  if (spec.refused !== undefined) return { option: name, verdict: spec.refused }
  if (spec.withoutEffect !== undefined) return { option: name, verdict: `leave it out: ${spec.withoutEffect}` }
  const group = known === 'group.id' ? '; for offsets committed to a group use commitGroup' : ''
  return { option: name, verdict: `write kafka.${known}${group}` }
}

/** Exactly one of these says what is read. */
const STRATEGIES = ['subscribe', 'subscribePattern', 'assign'] as const

function strategyVerdict(values: KafkaValues): Verdict | undefined {
  const given = STRATEGIES.filter(name => values[name] !== undefined)
  if (given.length === 1) return undefined
  return given.length === 0
    ? { option: 'subscribe', verdict: 'is missing: give one of subscribe, subscribePattern and assign' }
    : { option: given.join(', '), verdict: 'give one of them only' }
}

/** Looks at every option and throws nothing: names, sides and values, client options included. Reads no file. */
export function examineKafkaOptions(given: Readonly<Record<string, string>>, use: KafkaUse): Examined {
  const bare = Object.keys(given).flatMap(name => bareVerdict(name) ?? [])
  const ours = Object.fromEntries(Object.entries(given).filter(([name]) => !bare.some(b => b.option === name)))
  const own = examineOptions(KAFKA_OPTIONS, ours, { format: 'kafka', ...use })
  const client = own.values['kafka.*']
  const fromClient = examineClient(client, use).filter(
    v => own.values.configFile === undefined || v.option !== 'kafka.bootstrap.servers' || 'bootstrap.servers' in client,
  )
  const bootstrap = bare.some(b => b.verdict === 'write kafka.bootstrap.servers')
  const strategy = use.side === 'source' ? strategyVerdict(own.values) : undefined
  return {
    values: own.values,
    client,
    verdicts: [
      ...bare,
      ...own.problems.map(p => verdictOn(p, p.params.option)),
      ...fromClient.filter(v => !(bootstrap && v.option === 'kafka.bootstrap.servers')),
      ...(strategy ? [strategy] : []),
    ],
  }
}

function examineClient(client: Readonly<Record<string, string>>, use: KafkaUse): readonly Verdict[] {
  const { problems } = examineOptions(CLIENT_OPTIONS, client, { format: 'kafka', ...use })
  const servers = bootstrapVerdict('kafka.bootstrap.servers', client['bootstrap.servers'])
  return [...problems.map(p => verdictOn(p, `kafka.${p.params.option}`)), ...servers]
}

/** What is wrong with a list of brokers. */
export function bootstrapVerdict(option: string, servers: string | undefined): readonly Verdict[] {
  if (servers === undefined || parseBootstrap(servers)) return []
  return [{ option, verdict: `must be host:port, comma separated, got "${servers}"` }]
}

/** One error with every verdict. */
export function refuse(verdicts: readonly Verdict[], use: KafkaUse): void {
  if (verdicts.length === 0) return
  const details = verdicts.map(v => `  "${v.option}": ${v.verdict}`)
  throw new MillraceError('KAFKA_OPTIONS', { door: doorOf(use), problems: verdicts }, { details })
}

/**
 * Refuses options that `format('kafka')` does not take, all in one KAFKA_OPTIONS error; for when a plan is built. Reads no file and asks no broker.
 *
 * @example
 * checkKafkaOptions({ 'group.id': 'a', subscribe: 'clicks' }, { side: 'source', mode: 'stream' })
 * // KAFKA_OPTIONS: "group.id": write kafka.group.id …; "kafka.bootstrap.servers": is missing …
 */
export function checkKafkaOptions(given: Readonly<Record<string, string>>, use: KafkaUse): KafkaValues {
  const { values, verdicts } = examineKafkaOptions(given, use)
  refuse(verdicts, use)
  return values
}
