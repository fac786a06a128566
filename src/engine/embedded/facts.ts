import type { Attribute } from '../../analyze/resolved.ts'
import { MillraceError } from '../../errors/index.ts'
import { type RowBatch, rowsOf, stringType, structType } from '../../types/index.ts'
import type { Answer } from './duck/connection.ts'
import { batchOfAnswer, withoutRows } from './duck/read-out.ts'
import { FACT, type Fact, type Statement } from './lower/statement.ts'
import { schemaOf } from './schema-of.ts'

/** What a statement reported beside its rows. */
export interface Reported {
  readonly fact: Fact
  readonly value: Readonly<Record<string, unknown>>
}

const TEXT = structType([{ name: FACT, dataType: stringType, nullable: true }])

export function reported(facts: readonly Fact[], texts: readonly string[]): readonly Reported[] {
  const found = texts.map(text => {
    const { i, ...value } = JSON.parse(text) as { i: number }
    return { fact: facts[i]!, value }
  })
  if (found.length !== facts.length) throw new MillraceError('INTERNAL', { what: `${found.length} of ${facts.length} facts came back` })
  return found
}

/** Texts of a statement with one VARCHAR column. */
export const textsOf = (answer: Answer): readonly string[] =>
  [...rowsOf(batchOfAnswer(answer, TEXT))].flatMap(row => (row[FACT] === null ? [] : [row[FACT] as string]))

/** Takes a finished statement apart: its rows, and its facts. */
export function takeApart(answer: Answer, made: Statement): { readonly rows: RowBatch; readonly reported: readonly Reported[] } {
  const schema = schemaOf(made.columns)
  if (made.facts.length === 0) return { rows: batchOfAnswer(answer, schema), reported: [] }
  const filler: Attribute[] =
    made.columns.length > 0 ? [] : [{ id: -1, name: 'none', dataType: { kind: 'integer' }, nullable: true, qualifier: [] }]
  const all = batchOfAnswer(answer, structType([...schemaOf([...made.columns, ...filler]).fields, ...TEXT.fields]))
  const last = all.columns.length - 1
  const marks = { schema: TEXT, length: all.length, columns: [all.columns[last]!] }
  const texts = [...rowsOf(marks)].map(row => row[FACT] as string | null)
  const rows = withoutRows({ schema, length: all.length, columns: all.columns.slice(0, made.columns.length) }, i => texts[i] !== null)
  return {
    rows,
    reported: reported(
      made.facts,
      texts.filter(t => t !== null),
    ),
  }
}
