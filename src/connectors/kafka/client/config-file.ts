import { MillraceError } from '../../../errors/index.ts'
import type { Files } from '../../../platform/index.ts'

export interface FileEntry {
  readonly name: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

/**
 * Reads a properties file as librdkafka's tools and Java's clients write it: `name=value` a line, blanks around both cut off, `#`, `!` or `;` at
 * the beginning of a line for comments, a backslash at its end when the value goes on. Later lines win. Values are never shown.
 */
export function parseConfigFile(path: string, text: string): readonly FileEntry[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const entries: FileEntry[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1
    let whole = lines[i]!.trim()
    if (whole === '' || /^[#!;]/.test(whole)) continue
    while (/(^|[^\\])(\\\\)*\\$/.test(whole) && i + 1 < lines.length) whole = whole.slice(0, -1) + lines[++i]!.trim()
    const at = whole.indexOf('=')
    const name = whole.slice(0, Math.max(0, at)).trim()
    if (at < 0) throw new MillraceError('KAFKA_CONFIG_FILE', { at: `${path}:${line}`, reason: 'the line has no "="' })
    if (name === '') throw new MillraceError('KAFKA_CONFIG_FILE', { at: `${path}:${line}`, reason: 'there is no name before "="' })
    entries.push({ name, value: whole.slice(at + 1).trim(), line })
  }
  return entries
}

export async function readConfigFile(path: string, files: Files): Promise<readonly FileEntry[]> {
  const bytes = await files.read(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${cause.code ?? cause.message})`
    throw new MillraceError('KAFKA_CONFIG_FILE', { at: path, reason }, { cause })
  })
  return parseConfigFile(path, new TextDecoder().decode(bytes))
}
