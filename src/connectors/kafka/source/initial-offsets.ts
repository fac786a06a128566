import { MillraceError } from '../../../errors/index.ts'
import type { SourceLog } from '../../contract.ts'
import { type Positions, printPositions, readPositions } from './positions.ts'

const WRITER = { run: 'kafka', attempt: 0 }

/**
 * Where the stream began: `sources/<i>/0` of the checkpoint, as Spark writes it (a zero byte, `v1`, the offsets), so that `startingOffsets`
 * counts once and Spark can go on from here.
 */
export class InitialOffsets {
  readonly #log: SourceLog
  readonly #path: string

  constructor(log: SourceLog) {
    this.#log = log
    this.#path = `${log.path}/0`
  }

  /** Undefined for a new stream. @throws MALFORMED_LOG_FILE, INVALID_OFFSET */
  async read(source: string): Promise<Positions | undefined> {
    const bytes = await this.#log.store.read(this.#path)
    return bytes && readPositions(offsetIn(bytes, this.#path), source)
  }

  /** Durable when it answers. @throws SOURCE_LOG_CONFLICT when another query was quicker */
  async write(positions: Positions): Promise<void> {
    const bytes = new TextEncoder().encode(`\0v1\n${printPositions(positions)}`)
    if ((await this.#log.store.writeIfAbsent(this.#path, bytes, WRITER)) === 'existed')
      throw new MillraceError('SOURCE_LOG_CONFLICT', { path: `${this.#log.store.uri}/${this.#path}` })
  }
}

/** The first byte was put there for Spark 2.1, which wrote no version line. */
function offsetIn(bytes: Uint8Array, path: string): string {
  const text = new TextDecoder().decode(bytes.subarray(1))
  if (text.startsWith('{')) return text
  const [version, ...rest] = text.split('\n')
  if (version !== 'v1') throw new MillraceError('MALFORMED_LOG_FILE', { path, reason: 'expected "v1" and the offsets of each partition' })
  return rest.join('\n')
}
