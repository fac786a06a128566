import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { binaryType, stringType, typeName } from '../../../../types/index.ts'
import { type FunctionLowering, fail, type HostFunction, quoteText } from '../context.ts'
import { once } from '../once.ts'

const constant =
  (sql: string): FunctionLowering =>
  () =>
    sql

const assertTrue: FunctionLowering = (_, [condition, message]) => {
  const said = message ?? quoteText('the condition of assert_true() does not hold')
  return `CASE WHEN ${condition} THEN NULL ELSE ${fail('USER_RAISED_EXCEPTION', { errorMessage: said })} END`
}

// AES ---------------------------------------------------------------------------------------------------------------------------------

type Mode = 'GCM' | 'CBC' | 'ECB'
function modeOf(mode: string, padding: string): Mode | undefined {
  const m = mode.toUpperCase()
  const p = padding.toUpperCase()
  const fits = m === 'GCM' ? p === 'DEFAULT' || p === 'NONE' : (m === 'CBC' || m === 'ECB') && (p === 'DEFAULT' || p === 'PKCS')
  return fits ? (m as Mode) : undefined
}
const keyed = (key: Uint8Array): boolean => key.length === 16 || key.length === 24 || key.length === 32

function encrypt(data: Uint8Array, key: Uint8Array, mode: Mode, iv: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const bits = key.length * 8
  if (mode === 'ECB') {
    const c = createCipheriv(`aes-${bits}-ecb`, key, null)
    return Buffer.concat([c.update(data), c.final()])
  }
  const size = mode === 'GCM' ? 12 : 16
  const vector = iv.length > 0 ? iv : randomBytes(size)
  if (vector.length !== size) return null
  if (mode === 'CBC') {
    const c = createCipheriv(`aes-${bits}-cbc`, key, vector)
    return Buffer.concat([vector, c.update(data), c.final()])
  }
  const c = createCipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', key, vector)
  c.setAAD(aad)
  return Buffer.concat([vector, c.update(data), c.final(), c.getAuthTag()])
}
function decrypt(data: Uint8Array, key: Uint8Array, mode: Mode, aad: Uint8Array): Uint8Array {
  const bits = key.length * 8
  if (mode === 'GCM') {
    const d = createDecipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', key, data.subarray(0, 12))
    d.setAAD(aad)
    d.setAuthTag(data.subarray(data.length - 16))
    return Buffer.concat([d.update(data.subarray(12, data.length - 16)), d.final()])
  }
  const d = mode === 'ECB' ? createDecipheriv(`aes-${bits}-ecb`, key, null) : createDecipheriv(`aes-${bits}-cbc`, key, data.subarray(0, 16))
  return Buffer.concat([d.update(mode === 'ECB' ? data : data.subarray(16)), d.final()])
}
/** Null for whatever goes wrong: SQL decides whether that fails. */
function attempt(work: () => Uint8Array | null): Uint8Array | null {
  try {
    return work()
  } catch {
    return null
  }
}
const bytes = (x: unknown): Uint8Array => x as Uint8Array

const ENCRYPT: HostFunction = {
  name: 'mr_volatile_aes_encrypt',
  args: [binaryType, binaryType, stringType, stringType, binaryType, binaryType],
  returns: binaryType,
  call: (data, key, mode, padding, iv, aad) => {
    const m = modeOf(mode as string, padding as string)
    return m && keyed(bytes(key)) ? attempt(() => encrypt(bytes(data), bytes(key), m, bytes(iv), bytes(aad))) : null
  },
  volatile: true,
}
const DECRYPT: HostFunction = {
  name: 'mr_aes_decrypt',
  args: [binaryType, binaryType, stringType, stringType, binaryType],
  returns: binaryType,
  call: (data, key, mode, padding, aad) => {
    const m = modeOf(mode as string, padding as string)
    return m && keyed(bytes(key)) ? attempt(() => decrypt(bytes(data), bytes(key), m, bytes(aad))) : null
  },
}
const aes =
  (fn: HostFunction, mode: 'ansi' | 'try'): FunctionLowering =>
  (_, args, ctx) => {
    const made = `${ctx.host(fn)}(${args.join(', ')})`
    if (mode === 'try') return made
    const given = args.map(a => `${a} IS NOT NULL`).join(' AND ')
    const failed = fail('AES_FAILED', { reason: quoteText(fn === ENCRYPT ? 'cannot encrypt' : 'cannot decrypt') })
    return once(made, r => `COALESCE(${r}, CASE WHEN ${given} THEN ${failed} END)`)
  }

// Bitmaps -----------------------------------------------------------------------------------------------------------------------------

/** Spark's bitmaps hold 32,768 numbers each; numbers count from 1, buckets of numbers above 0 too. */
const BITMAP = 32_768
const position: FunctionLowering = (_, [a]) => once(a!, x => `CASE WHEN ${x} > 0 THEN (${x} - 1) % ${BITMAP} ELSE (-${x}) % ${BITMAP} END`)
const bucket: FunctionLowering = (_, [a]) => once(a!, x => `CASE WHEN ${x} > 0 THEN 1 + (${x} - 1) // ${BITMAP} ELSE ${x} // ${BITMAP} END`)

export const misc: Readonly<Record<string, FunctionLowering>> = {
  aes_decrypt: aes(DECRYPT, 'ansi'),
  aes_encrypt: aes(ENCRYPT, 'ansi'),
  try_aes_decrypt: aes(DECRYPT, 'try'),
  assert_true: assertTrue,
  raise_error: (_, [message]) => fail('USER_RAISED_EXCEPTION', { errorMessage: message! }),
  bitmap_bit_position: position,
  bitmap_bucket_number: bucket,
  bitmap_count: (_, [a]) => once(a!, x => `CASE WHEN ${x} IS NOT NULL THEN bit_count(CAST(${x} AS BIT)) END`),
  current_catalog: constant("'spark_catalog'"),
  current_database: constant("'default'"),
  current_user: constant("'millrace'"),
  input_file_block_length: constant('CAST(-1 AS BIGINT)'),
  input_file_block_start: constant('CAST(-1 AS BIGINT)'),
  monotonically_increasing_id: constant('CAST(row_number() OVER () - 1 AS BIGINT)'),
  spark_partition_id: constant('0'),
  typeof: call => quoteText(typeName(call.args[0]!.dataType)),
  uuid: constant('CAST(uuid() AS VARCHAR)'),
  version: constant("'4.0.0 millrace'"),
}
