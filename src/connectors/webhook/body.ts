import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

/** An answer that refuses a request: a status, and what a sender's developer should know. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, why: string) {
    super(why)
    this.status = status
  }
}

const tooLarge = (most: number) => new Refused(413, `the body is larger than ${most} bytes`)

export interface BodyReading {
  readonly most: number
  /** Hears of each chunk. */
  readonly taken: (bytes: number) => void
  /** Nothing more is read once it aborts: rejects with its reason. */
  readonly signal: AbortSignal
}

/** The bytes of a body as they came. Rejects with `Refused` when there are too many, with undefined when the sender went away. */
export function bodyOf(request: IncomingMessage, { most, taken, signal }: BodyReading): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    const end = (settle: () => void): void => {
      request.off('data', read)
      signal.removeEventListener('abort', stop)
      settle()
    }
    const stop = (): void => end(() => reject(signal.reason))
    const read = (chunk: Uint8Array): void => {
      bytes += chunk.length
      taken(chunk.length)
      if (bytes <= most) chunks.push(chunk)
      else end(() => reject(tooLarge(most)))
    }
    request.on('data', read)
    request.once('end', () => end(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))))
    request.once('error', () => end(() => reject(undefined)))
    request.once('close', () => end(() => reject(undefined)))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
}

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const

/** The body without its content encoding. */
export async function unpacked(bytes: Uint8Array, encoding: string | undefined, most: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase().replace('x-gzip', 'gzip')
  if (name === undefined || name === '' || name === 'identity') return bytes
  if (!(name in UNPACK)) throw new Refused(415, 'the content encoding is not known: gzip, deflate and br are')
  try {
    return await UNPACK[name as keyof typeof UNPACK](bytes, { maxOutputLength: most })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(most)
      : new Refused(400, 'the body cannot be unpacked')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Refused(400, 'the body is not UTF-8')
  }
}

/** Repeated names become one value, joined by commas as headers are. */
export function joined(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const values: Record<string, string> = Object.create(null)
  for (const [name, value] of pairs) values[name] = name in values ? `${values[name]},${value}` : value
  return values
}

export type BodyForm = 'text' | 'json' | 'form' | 'binary'

const isForm = (type: string | undefined): boolean => /^application\/x-www-form-urlencoded\b/i.test(type ?? '')

/** What becomes of the bytes in the column `body`: checked, and a form as JSON. Throws `Refused`. */
export const FORMS: Readonly<Record<BodyForm, (bytes: Uint8Array, type: string | undefined) => Uint8Array>> = {
  binary: bytes => bytes,
  text: bytes => {
    textOf(bytes)
    return bytes
  },
  json: bytes => {
    try {
      JSON.parse(textOf(bytes))
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(400, 'the body is not JSON')
    }
    return bytes
  },
  form: (bytes, type) => {
    if (!isForm(type)) throw new Refused(415, 'the body must be application/x-www-form-urlencoded')
    return Buffer.from(JSON.stringify(joined(new URLSearchParams(textOf(bytes)))))
  },
}
