import { MillraceError } from '../../errors/index.ts'
import type { StructType } from '../../types/index.ts'
import type { ConnectorContext } from '../contract.ts'
import { type FileAccess, localAccess, remoteAccess } from './access.ts'
import { copies } from './fetch.ts'
import { Listing } from './listing.ts'
import type { FoundFile } from './partition.ts'
import { type ListingChoice, listingOptions, mustExist } from './paths.ts'
import type { FilesPlace } from './place.ts'
import { Poll } from './poll.ts'
import { RemoteListing } from './remote-listing.ts'
import type { Infer } from './schema.ts'
import { type Waiting, Watch } from './watch.ts'

/** Everything a read does with the files of one place. */
export interface FilesAt {
  readonly listing: Pick<RemoteListing, 'files' | 'matches'> & { forget(path: string): void }
  readonly watch: Waiting
  readonly access: FileAccess
  /** Shows files to inference, as local ones. */
  infer(files: readonly FoundFile[], look: Infer): Promise<StructType>
}

/** @throws PATH_NOT_FOUND where a path that is no glob does not exist; a store has no empty directories, so a stream may wait there */
export async function filesAt(place: FilesPlace, context: ConnectorContext, options: ListingChoice): Promise<FilesAt> {
  if (place.kind === 'local') {
    await mustExist(place.path, context)
    const { platform } = context
    const listing = new Listing(place.path, listingOptions(place.path, context, options), platform.files, () => platform.clock.now())
    return { listing, watch: new Watch(listing, platform), access: localAccess(platform), infer: (files, look) => look(files) }
  }
  const { bucket, path } = place
  const listing = new RemoteListing(place, listingOptions(path, context, options))
  if (!context.streaming && place.globs.length === 0 && !(await listing.matches())) throw new MillraceError('PATH_NOT_FOUND', { path })
  return {
    listing,
    watch: new Poll(context.platform),
    access: remoteAccess(bucket),
    infer: async (files, look) => {
      const local = await copies(bucket, files)
      try {
        return await look(local)
      } finally {
        await bucket.release(local.map(f => f.path))
      }
    },
  }
}
