import { binaryType, integerType, longType, nullType, stringType } from '../types/index.ts'
import type { Signature } from './function.ts'
import { group, type Row, sig } from './rules.ts'

const constant = (name: string, doc: string, rest: Row[4] = {}, shown: Signature['shown'] = {}): Row => [
  name,
  sig([], stringType, { shown }),
  doc,
  [`${name}()`],
  { nullability: 'never', ...rest },
]
const cipher = ["'GCM'", "'DEFAULT'", "''"]

/** Functions about the session, the plan, the row; encryption and sketches' bitmaps. */
export const MISC = group('misc', 'scalar', [
  [
    'aes_decrypt',
    sig(['binary', 'binary', 'string', 'string', 'binary'], binaryType, { optional: 3, defaults: cipher }),
    'The bytes decrypted with AES, of mode GCM, CBC or ECB.',
    ["aes_decrypt(unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), '1234567890abcdef', 'ECB')"],
  ],
  [
    'aes_encrypt',
    sig(['binary', 'binary', 'string', 'string', 'binary', 'binary'], binaryType, { optional: 4, defaults: [...cipher, "''"] }),
    'The bytes encrypted with AES, of mode GCM, CBC or ECB.',
    ["base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB'))"],
    { deterministic: false },
  ],
  [
    'try_aes_decrypt',
    sig(['binary', 'binary', 'string', 'string', 'binary'], binaryType, { optional: 3, defaults: cipher }),
    'As aes_decrypt, null where it fails.',
    ["try_aes_decrypt(unhex('00'), '1234567890abcdef')"],
    { nullability: 'always' },
  ],
  [
    'assert_true',
    sig(['boolean', 'string'], nullType, { optional: 1 }),
    'Null where the condition holds; fails else.',
    ['assert_true(0 < 1)'],
    { deterministic: false, nullability: 'always' },
  ],
  ['raise_error', sig(['string'], nullType), 'Fails with the message.', [], { deterministic: false, nullability: 'always' }],
  ['bitmap_bit_position', sig(['long'], longType), 'The place of a number in its bitmap.', ['bitmap_bit_position(123)']],
  ['bitmap_bucket_number', sig(['long'], longType), 'The bitmap a number belongs to.', ['bitmap_bucket_number(123)']],
  ['bitmap_count', sig(['binary'], longType), 'How many bits of a bitmap are set.', ["bitmap_count(X '1010')"]],
  constant('current_catalog', 'The current catalog.'),
  constant('current_database', 'The current schema.', { aliases: ['current_schema'] }, { name: 'current_schema' }),
  constant('current_user', 'Who runs the session.', { deterministic: false, aliases: ['user', 'session_user'] }),
  [
    'input_file_block_length',
    sig([], longType),
    'Length of the block being read; -1: unknown.',
    ['input_file_block_length()'],
    { nullability: 'never' },
  ],
  [
    'input_file_block_start',
    sig([], longType),
    'Start of the block being read; -1: unknown.',
    ['input_file_block_start()'],
    { nullability: 'never' },
  ],
  [
    'monotonically_increasing_id',
    sig([], longType),
    'A number that no other row of the batch has and that grows.',
    [],
    { deterministic: false, nullability: 'never' },
  ],
  [
    'spark_partition_id',
    sig([], integerType),
    'The number of the partition, always 0.',
    [],
    { deterministic: false, nullability: 'never' },
  ],
  ['typeof', sig(['any'], stringType), 'The type of the value.', ['typeof(array(1))'], { nullability: 'never' }],
  constant('uuid', 'A random UUID.', { deterministic: false }),
  constant('version', 'The version.', { deterministic: false }),
])
