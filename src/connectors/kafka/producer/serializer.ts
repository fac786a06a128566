import { MillraceError } from '../../../errors/index.ts'

/** Bytes of a key or value for one topic; null = no key, or a tombstone. */
export type Serializer<T> = (value: T, topic: string) => Uint8Array | null | Promise<Uint8Array | null>

/** Not in TypeScript's library yet. */
const RAW_JSON = JSON as unknown as { rawJSON(text: string): unknown }

const encoder = new TextEncoder()
const absent = (value: unknown): value is null | undefined => value === null || value === undefined

/** Serializers by name. Null and undefined are no bytes at all. */
export const SERIALIZERS = {
  /** UTF-8; numbers, booleans and bigints as they print. Bytes go as they are. */
  string: (value: unknown): Uint8Array | null => {
    if (absent(value)) return null
    if (value instanceof Uint8Array) return value
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`got ${describe(value)}, "string" takes text: give the serializer "json", or a function`)
    return encoder.encode(String(value))
  },
  json: (value: unknown): Uint8Array | null => {
    if (absent(value)) return null
    const text = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? RAW_JSON.rawJSON(String(v)) : v)) as string | undefined
    if (text === undefined) throw new TypeError(`JSON has no ${describe(value)}`)
    return encoder.encode(text)
  },
  bytes: (value: unknown): Uint8Array | null => {
    if (absent(value)) return null
    if (value instanceof Uint8Array) return value
    if (value instanceof ArrayBuffer) return new Uint8Array(value)
    throw new TypeError(`got ${describe(value)}, "bytes" takes a Uint8Array`)
  },
} as const satisfies Readonly<Record<string, Serializer<never>>>
export type SerializerName = keyof typeof SERIALIZERS

const describe = (value: unknown): string => (Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`)

/** The bytes, at once where the serializer is synchronous. @throws KAFKA_SERIALIZER_FAILED */
export function serialize<T>(
  part: 'key' | 'value',
  serializer: Serializer<T>,
  value: T,
  topic: string,
): Uint8Array | null | Promise<Uint8Array | null> {
  const refuse = (cause: unknown): never => {
    throw new MillraceError(
      'KAFKA_SERIALIZER_FAILED',
      { part, topic, reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    )
  }
  const checked = (bytes: unknown): Uint8Array | null =>
    bytes === null || bytes instanceof Uint8Array ? bytes : refuse(new TypeError('it gave no Uint8Array'))
  try {
    const bytes = serializer(value, topic)
    return bytes instanceof Promise ? bytes.then(checked, refuse) : checked(bytes)
  } catch (error) {
    return refuse(error)
  }
}
