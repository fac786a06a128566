import type { FilesScan, ScanFile } from '../../connectors/contract.ts'
import { MillraceError } from '../../errors/index.ts'
import { type Field, parseDdl, rowsOf, type StructType } from '../../types/index.ts'
import { batchOfAnswer } from './duck/read-out.ts'
import type { InputContext } from './inputs.ts'
import { quoteName, quoteText } from './lower/context.ts'

const idOf = (f: Field): number | undefined => {
  const id = f.metadata?.['parquet.field.id']
  return typeof id === 'number' ? id : undefined
}

/** Names by field id as files have them; undefined where the scan goes by names. */
export async function fieldNames(
  scan: FilesScan,
  files: readonly ScanFile[],
  to: InputContext,
): Promise<ReadonlyMap<number, string> | undefined> {
  if (!scan.fileSchema?.fields.some(f => idOf(f) !== undefined)) return undefined
  const schema = parseDdl('name string, id bigint')
  const from = `parquet_schema([${files.map(f => quoteText(f.path)).join(', ')}])`
  const answer = await to.run(`SELECT DISTINCT name, CAST(field_id AS BIGINT) FROM ${from} WHERE field_id IS NOT NULL`)
  const rows = [...rowsOf(batchOfAnswer(answer, schema))] as { name: string; id: bigint }[]
  const names = new Map(rows.map(r => [Number(r.id), r.name]))
  const twice = rows.find(r => names.get(Number(r.id)) !== r.name)
  if (twice) {
    const why = `it or a file beside it calls field ${twice.id} both "${twice.name}" and "${names.get(Number(twice.id))}"`
    throw new MillraceError('READ_FILE_FAILED', { path: files[0]!.name ?? files[0]!.path, why })
  }
  for (const f of scan.fileSchema.fields) checkBelow(f, names, files[0]!)
  return names
}

/** Below the top, fields are found by their names: those must be the ones that their ids say. */
function checkBelow(f: Field, names: ReadonlyMap<number, string>, file: ScanFile): void {
  for (const inner of fieldsBelow(f)) {
    const id = idOf(inner)
    const name = id === undefined ? undefined : names.get(id)
    if (name !== undefined && name !== inner.name) {
      const why = `its nested field ${id} is called "${name}" and not "${inner.name}"`
      throw new MillraceError('READ_FILE_FAILED', { path: file.name ?? file.path, why })
    }
    checkBelow(inner, names, file)
  }
}

function fieldsBelow({ dataType }: Pick<Field, 'dataType'>): readonly Field[] {
  if (dataType.kind === 'struct') return dataType.fields
  if (dataType.kind === 'array') return fieldsBelow({ dataType: dataType.elementType })
  if (dataType.kind === 'map') return [...fieldsBelow({ dataType: dataType.keyType }), ...fieldsBelow({ dataType: dataType.valueType })]
  return []
}

/** DuckDB's FIELD_IDS of these columns: `{"a": 1, "s": {__duckdb_field_id: 2, "x": 3}}`; '' where none has an id. */
export function fieldIds(columns: StructType): string {
  const listed = idList(columns.fields)
  return listed === '' ? '' : `, FIELD_IDS {${listed}}`
}

const idList = (fields: readonly Field[]): string =>
  fields
    .flatMap(f => {
      const id = idOf(f)
      const below = idsBelow(f.dataType)
      if (id === undefined) return []
      return [`${quoteName(f.name)}: ${below === '' ? id : `{__duckdb_field_id: ${id}, ${below}}`}`]
    })
    .join(', ')

function idsBelow(type: Field['dataType']): string {
  if (type.kind === 'struct') return idList(type.fields)
  if (type.kind === 'array') return inner('element', type.elementType)
  if (type.kind === 'map') return [inner('key', type.keyType), inner('value', type.valueType)].filter(t => t !== '').join(', ')
  return ''
}

function inner(name: string, type: Field['dataType']): string {
  const below = idsBelow(type)
  return below === '' ? '' : `${name}: {${below}}`
}
