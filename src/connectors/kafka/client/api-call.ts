import type { API } from '@platformatic/kafka'
import type { ApiCall } from './contract.ts'
import type { KafkaLibrary } from './library.ts'

/** What a broker says it understands of one request: both ends included. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

type Send = (
  key: number,
  version: number,
  write: ApiCall<unknown>['write'],
  read: ApiCall<unknown>['read'],
  requestTagged: boolean,
  responseTagged: boolean,
) => void

/**
 * A call of one of the library's API functions (`lib.endTxnV3.api`) with its arguments, as data. The library keeps header flags inside its
 * function, so the function is run against a connection that only takes notes.
 *
 * @example
 * client.send(broker, libraryCall('EndTxn', lib.endTxnV3.api, id, producerId, epoch, true), { signal })
 */
export function libraryCall<A extends unknown[], T>(name: string, api: API<A, T>, ...args: A): ApiCall<T> {
  let call: ApiCall<T> | undefined
  const send: Send = (key, version, write, read, requestTagged, responseTagged) => {
    call = { key, version, name, write, read: read as ApiCall<T>['read'], requestTagged, responseTagged }
  }
  const noteOnly = api as unknown as (connection: { readonly send: Send }, ...args: A) => void
  noteOnly({ send }, ...args)
  return call!
}

/** `Metadata`, 12 → `metadataV12`, as the library names its modules. */
const moduleOf = (name: string, version: number): string => `${name[0]!.toLowerCase()}${name.slice(1)}V${version}`

/** The library's function for the newest version that both it and the broker have; undefined when there is none from `oldest` up. */
export function newestApi<A extends unknown[], T>(
  library: KafkaLibrary,
  name: string,
  range: VersionRange,
  oldest: number,
): API<A, T> | undefined {
  const modules = library as unknown as Record<string, { readonly api?: API<A, T> } | undefined>
  for (let version = range.max; version >= Math.max(oldest, range.min); version--) {
    const api = modules[moduleOf(name, version)]?.api
    if (api) return api
  }
  return undefined
}
