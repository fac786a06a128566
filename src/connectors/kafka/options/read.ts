import type { Platform } from '../../../platform/index.ts'
import type { ConnectorContext } from '../../contract.ts'
import { examineOptions, warnOfIdle } from '../../options.ts'
import { type Besides, type ClientValues, clientConfig } from '../client/config.ts'
import { readConfigFile } from '../client/config-file.ts'
import type { ClientConfig } from '../client/contract.ts'
import { KAFKA_OPTIONS } from '../options.ts'
import { CLIENT_OPTIONS } from './client-options.ts'
import { examineKafkaOptions, type KafkaUse, type KafkaValues, refuse, type Verdict } from './examine.ts'
import { examineFile, type FromFile } from './file-options.ts'

/** Everything a source or sink is told by its options. `config` holds secrets: never print it. */
export interface KafkaSettings {
  readonly values: KafkaValues
  readonly config: ClientConfig
  /** `kafka.group.id` */
  readonly groupId?: string
  /** `kafka.metadata.max.age.ms` */
  readonly metadataMaxAgeMs: number
}
type Context = Pick<ConnectorContext, 'options' | 'platform' | 'warn'>

/** librdkafka's names with ours. */
const BESIDES: Readonly<Record<string, keyof Besides>> = {
  'sasl.username': 'username',
  'sasl.password': 'password',
  'ssl.ca.location': 'caFile',
  'ssl.ca.pem': 'caPem',
  'ssl.certificate.location': 'certificateFile',
  'ssl.certificate.pem': 'certificatePem',
  'ssl.key.location': 'keyFile',
  'ssl.key.pem': 'keyPem',
}
const besidesIn = (file: FromFile['values']): Besides =>
  Object.fromEntries(Object.entries(BESIDES).flatMap(([name, ours]) => (file[name] === undefined ? [] : [[ours, file[name]]])))

/** `~/` as a shell reads it. */
function expanded(path: string, { process: here }: Platform): string {
  return path.startsWith('~/') ? (here.env('HOME') ?? '~') + path.slice(1) : path
}

/** Every client option by its table, both sides together: a source has no word on acks, so acks has Java's default. */
function clientValues(client: Readonly<Record<string, string>>): ClientValues {
  const both = (['source', 'sink'] as const).map(
    side => examineOptions(CLIENT_OPTIONS, client, { format: 'kafka', side, mode: 'stream' }).values,
  )
  return { ...both[0]!, ...both[1]! }
}

/** Settings that are fine each and wrong together. */
function togetherVerdicts(client: Readonly<Record<string, string>>, v: ClientValues): readonly Verdict[] {
  const wanted = client['enable.idempotence'] !== undefined && v['enable.idempotence']
  if (wanted && (v.acks === '0' || v.acks === '1'))
    return [{ option: 'kafka.acks', verdict: 'must be all with kafka.enable.idempotence true' }]
  if (wanted && v['max.in.flight.requests.per.connection'] > 5)
    return [{ option: 'kafka.max.in.flight.requests.per.connection', verdict: 'must be at most 5 with kafka.enable.idempotence true' }]
  return []
}

function warnOf({ idle }: FromFile, client: Readonly<Record<string, string>>, context: Context): void {
  warnOfIdle(KAFKA_OPTIONS, context)
  const named = Object.fromEntries(Object.entries(CLIENT_OPTIONS).map(([name, spec]) => [`kafka.${name}`, spec]))
  const options = Object.fromEntries(Object.entries(client).map(([name, value]) => [`kafka.${name}`, value]))
  warnOfIdle(named, { options, warn: context.warn })
  for (const { option, verdict } of idle) {
    context.warn({ code: 'OPTION_WITHOUT_EFFECT', message: `${option} has no effect here: ${verdict}` })
  }
}

/**
 * Reads the options of `format('kafka')`: Spark's own, `kafka.*` and those of the properties file (options win). Everything that is wrong is told
 * in one KAFKA_OPTIONS error; what changes nothing is warned about once. Reads the properties file, key and trust stores; asks no broker.
 */
export async function readKafkaOptions(context: Context, use: KafkaUse): Promise<KafkaSettings> {
  const { values, client, verdicts } = examineKafkaOptions(context.options, use)
  const { platform } = context
  const path = values.configFile === undefined ? undefined : expanded(values.configFile, platform)
  const file: FromFile =
    path === undefined ? { values: {}, verdicts: [], idle: [] } : examineFile(path, await readConfigFile(path, platform.files), use)
  const merged = { ...file.values, ...client }
  const settled = clientValues(merged)
  const misspelt = file.verdicts.some(v => v.verdict.includes('"bootstrap.servers"'))
  const missing =
    path !== undefined && merged['bootstrap.servers'] === undefined && !misspelt
      ? [{ option: 'kafka.bootstrap.servers', verdict: `is missing, also in ${path}` }]
      : []
  refuse([...verdicts, ...file.verdicts, ...missing, ...togetherVerdicts(merged, settled)], use)
  warnOf(file, client, context)
  const besides = { ...besidesIn(file.values), ...(values.tokenProvider !== undefined && { tokenProvider: values.tokenProvider }) }
  return {
    values,
    config: await clientConfig(settled, besides, platform),
    ...(settled['group.id'] !== undefined && { groupId: settled['group.id'] }),
    metadataMaxAgeMs: settled['metadata.max.age.ms'],
  }
}
