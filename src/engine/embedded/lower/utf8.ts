import { binaryType, stringType } from '../../../types/index.ts'
import type { HostFunction, LowerContext } from './context.ts'

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const REPLACING: HostFunction = {
  name: 'mr_utf8_replacing',
  args: [binaryType],
  returns: stringType,
  call: bytes => lenient.decode(bytes as Uint8Array),
}

/** Bytes as UTF-8 text. What is no UTF-8 becomes U+FFFD (Spark keeps the bytes; a DuckDB text cannot). */
export const textOfBytes = (v: string, ctx: LowerContext): string => `COALESCE(TRY(decode(${v})), ${ctx.host(REPLACING)}(${v}))`
