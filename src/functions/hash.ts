import { integerType, longType, stringType } from '../types/index.ts'
import { group, sig } from './rules.ts'

const anything = { variadic: { min: 1 } }

/** Checksums and hashes, with Spark's numbers. */
export const HASH = group('hash', 'scalar', [
  ['crc32', sig(['binary'], longType), 'The CRC-32 of the bytes.', ["crc32('Spark')"]],
  [
    'hash',
    sig(['any'], integerType, anything),
    'Murmur3 (seed 42) of all arguments; nulls leave the hash as it is.',
    ["hash('Spark', array(123), 2)"],
    { nullability: 'never' },
  ],
  ['md5', sig(['binary'], stringType), 'The MD5 of the bytes in hexadecimal digits.', ["md5('Spark')"]],
  ['sha1', sig(['binary'], stringType), 'The SHA-1 of the bytes in hexadecimal digits.', ["sha1('Spark')"], { aliases: ['sha'] }],
  [
    'sha2',
    sig(['binary', 'integer'], stringType),
    'The SHA-2 of the bytes, of 224, 256, 384 or 512 bits (0 is 256).',
    ["sha2('Spark', 256)"],
    { nullability: 'always' },
  ],
  [
    'xxhash64',
    sig(['any'], longType, anything),
    'xxHash (64 bit, seed 42) of all arguments; nulls leave the hash as it is.',
    ["xxhash64('Spark', array(123), 2)"],
    { nullability: 'never' },
  ],
])
