import { MillraceError } from '../errors/index.ts'
import type { Platform, ProcessInfo } from '../platform/index.ts'
import type { FileStore } from './contract.ts'
import { asking, PATIENCE, type Patience } from './remote/asking.ts'
import type { Bucket } from './remote/bucket.ts'
import { stageArea } from './remote/stage-area.ts'
import { type RemoteParts, RemoteStore } from './remote/store.ts'
import { type Conf, s3Conf } from './settings.ts'
import { type BucketPlace, bucketPlace } from './uri.ts'

const envOf = ({ process }: Platform): ProcessInfo['env'] => {
  const { env } = process
  return env
}

/** The way to each kind of bucket; each loads its client when it is first needed. */
const KINDS: Readonly<Record<BucketPlace['kind'], (place: BucketPlace, conf: Conf, platform: Platform) => Promise<Bucket>>> = {
  s3: async (place, conf, platform) => {
    const [{ s3Bucket }, { s3Settings }] = await Promise.all([import('./s3/bucket.ts'), import('./s3/settings.ts')])
    return s3Bucket(place, s3Settings(place, conf, envOf(platform)))
  },
  gs: async (place, conf, platform) => {
    const [{ gcsBucket }, { gcsSettings }] = await Promise.all([import('./gcs/bucket.ts'), import('./gcs/settings.ts')])
    return gcsBucket(place, gcsSettings(conf, envOf(platform)))
  },
  azure: async (place, conf, platform) => {
    const [{ azureBucket }, { azureSettings }] = await Promise.all([import('./azure/bucket.ts'), import('./azure/settings.ts')])
    return azureBucket(place, azureSettings(place, conf, envOf(platform)))
  },
}

/** The object stores of one session: a client a bucket, made when it is first asked for with the settings of that moment. */
export interface RemoteStores {
  /** @throws INVALID_STORE_URI, MISSING_DEPENDENCY, INVALID_SETTING, STORAGE_NO_CREDENTIALS. Undefined where the URI is of no object store. */
  open(uri: string): Promise<FileStore> | undefined
  /** Ends connections and removes staged copies. */
  close(): Promise<void>
}

export function remoteStores(conf: Conf, platform: Platform): RemoteStores {
  const stage = stageArea(platform, conf('millrace.tempDirectory'))
  const buckets = new Map<string, Promise<Omit<RemoteParts, 'place'>>>()
  const partsOf = async (place: BucketPlace): Promise<Omit<RemoteParts, 'place'>> => {
    const bucket = await KINDS[place.kind](place, conf, platform)
    return { bucket, ask: asking(bucket, place, platform, patienceOf(place, conf)), platform, stage }
  }
  return {
    open: uri => {
      const place = bucketPlace(uri)
      if (!place) return undefined
      const known = buckets.get(place.root) ?? partsOf(place)
      buckets.set(place.root, known)
      // settings may be mended, a package installed: asked again next time
      known.catch(() => buckets.delete(place.root))
      return known.then(parts => new RemoteStore({ ...parts, place }))
    },
    close: async () => {
      for (const parts of await Promise.allSettled(buckets.values())) if (parts.status === 'fulfilled') parts.value.bucket.close()
      buckets.clear()
      await stage.close()
    },
  }
}

function patienceOf(place: BucketPlace, conf: Conf): Patience {
  const s3 = place.kind === 's3' ? s3Conf(conf, place.bucket) : () => undefined
  const inAllMs = Number(conf('millrace.storage.patience') ?? PATIENCE.inAllMs)
  const requestMs = Number(s3('connection.timeout') ?? PATIENCE.requestMs)
  const pauseMs = Number(s3('retry.interval') ?? PATIENCE.pauseMs)
  if (![inAllMs, requestMs, pauseMs].every(ms => ms >= 0))
    throw new MillraceError('INVALID_SETTING', {
      key: 'millrace.storage.patience',
      value: String(inAllMs),
      expected: 'a duration such as "2 minutes"',
    })
  return { ...PATIENCE, inAllMs, requestMs, pauseMs }
}
