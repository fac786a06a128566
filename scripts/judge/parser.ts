import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMillraceError } from '../../src/errors/index.ts'
import { parseExpression } from '../../src/sql/index.ts'
import { type DataType, fromSparkJson, parseDataType, parseDdl, type SparkJson, sameType } from '../../src/types/index.ts'
import type { Outcome } from './outcome.ts'

/** A text and Spark's answer to it, as the folder's README describes. */
interface Text {
  readonly id: string
  readonly kind: 'expression' | 'data-type' | 'table-schema'
  readonly input: string
  readonly success: boolean
  readonly condition?: string
  readonly type?: SparkJson
  readonly conf?: Readonly<Record<string, string>>
  readonly confirmed?: boolean
}

const PARSERS: Readonly<Record<Text['kind'], (text: string) => DataType | undefined>> = {
  expression: text => {
    parseExpression(text)
    return undefined
  },
  'data-type': parseDataType,
  'table-schema': parseDdl,
}

/** One line a text; accepted and rejected texts are counted apart, for a parser that takes everything would look good on the sum. */
export async function* judgeParser(folder: string): AsyncGenerator<Outcome> {
  for (const file of (await readdir(folder)).filter(f => f.endsWith('.jsonl')).sort()) {
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n'))
      if (line.trim() !== '') yield judgeText(JSON.parse(line) as Text)
  }
}

export function judgeText(text: Text): Outcome {
  const name = `${text.id} ${JSON.stringify(text.input)}`
  const group = text.success ? 'accepted by Spark' : 'rejected by Spark'
  if (text.conf) return { name, group, result: 'skipped', why: `needs ${Object.keys(text.conf).join(', ')}` }
  if (text.confirmed === false) return { name, group, result: 'skipped', why: 'not confirmed by Spark' }
  const why = disagreement(text)
  return why === undefined ? { name, group, result: 'passed' } : { name, group, result: 'failed', why }
}

function disagreement({ kind, input, success, condition, type }: Text): string | undefined {
  try {
    const found = PARSERS[kind](input)
    if (!success) return `accepted, Spark answers ${condition ?? 'an error'}`
    return found && type !== undefined && !sameType(found, fromSparkJson(type), true) ? `another type: ${JSON.stringify(found)}` : undefined
  } catch (error) {
    if (!isMillraceError(error)) return `threw ${String(error)}`
    if (success) return `rejected: ${error.message.split('\n', 1)[0]}`
    const answer = error.sparkClass ?? error.condition
    return condition === undefined || answer === condition ? undefined : `rejected as ${answer}, Spark answers ${condition}`
  }
}
