import { crc32 } from 'node:zlib'
import { MillraceError } from '../../../errors/index.ts'
import type { DeletionVector } from '../log/actions.ts'
import type { TableFiles } from '../table-files.ts'
import { readPositions } from './roaring.ts'
import { uuidOfZ85, z85 } from './z85.ts'

const UUID_LENGTH = 20

/** Where a vector of storage type `u` lies below the table: an optional directory, then a file named by its UUID. */
export function vectorPath(text: string): string {
  const prefix = text.slice(0, -UUID_LENGTH)
  const file = `deletion_vector_${uuidOfZ85(text.slice(-UUID_LENGTH))}.bin`
  return prefix === '' ? file : `${prefix}/${file}`
}

/** The positions of a file's rows that count no more. @throws DELTA_DELETION_VECTOR_BROKEN */
export async function readVector(vector: DeletionVector, files: TableFiles): Promise<BigInt64Array> {
  try {
    const bytes = vector.storageType === 'i' ? z85(vector.pathOrInlineDv).subarray(0, vector.sizeInBytes) : await stored(vector, files)
    const positions = readPositions(bytes)
    if (positions.length !== vector.cardinality) throw new RangeError(`it holds ${positions.length} rows instead of ${vector.cardinality}`)
    return positions
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new MillraceError('DELTA_DELETION_VECTOR_BROKEN', { path: files.path, why: cause.message }, { cause })
  }
}

/** In the file: its size, the bytes, and their CRC; numbers high byte first. */
async function stored({ storageType, pathOrInlineDv, offset = 0, sizeInBytes }: DeletionVector, files: TableFiles): Promise<Uint8Array> {
  const path = storageType === 'u' ? vectorPath(pathOrInlineDv) : pathOrInlineDv
  const bytes = await files.range(path, storageType === 'p', offset, sizeInBytes + 8)
  if (!bytes || bytes.length < sizeInBytes + 8) throw new RangeError(`${path} is missing or cut short`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getInt32(0) !== sizeInBytes) throw new RangeError(`${path} has another size at ${offset} than the log says`)
  const data = bytes.subarray(4, 4 + sizeInBytes)
  if (crc32(data) !== view.getUint32(4 + sizeInBytes)) throw new RangeError(`the checksum of ${path} at ${offset} is wrong`)
  return data
}
