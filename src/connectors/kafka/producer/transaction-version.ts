import { libraryCall } from '../client/api-call.ts'
import type { CallOptions, KafkaClient } from '../client/contract.ts'

/** Requests of `transaction.version` 2: the broker must have them too. */
const NEEDED: Readonly<Record<number, number>> = { 0: 12, 26: 5, 28: 5 }

/** The cluster's finalized feature `transaction.version`: from 2 on brokers add partitions and groups to a transaction by themselves. 0 = older than features. */
export async function transactionVersion(client: KafkaClient, broker: number, options: CallOptions): Promise<number> {
  const call = libraryCall('ApiVersions', client.library.apiVersionsV3.api, 'millrace', '1')
  const { apiKeys, finalizedFeatures } = await client.send(broker, call, options)
  const has = Object.entries(NEEDED).every(([key, version]) => apiKeys.some(a => a.apiKey === Number(key) && a.maxVersion >= version))
  return has ? (finalizedFeatures?.find(f => f.name === 'transaction.version')?.maxVersionLevel ?? 0) : 0
}
