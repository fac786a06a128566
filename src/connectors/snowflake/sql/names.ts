import { MillraceError } from '../../../errors/index.ts'

/** A name as SQL text: in double quotes, exactly as it is. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** Text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** The parts of a name as Snowflake reads them: unquoted ones become upper case. */
const PART = /^\s*(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))\s*/

/**
 * Reads `NAME`, `SCHEMA.NAME`, `DATABASE.SCHEMA.NAME`; a part in double quotes keeps its case.
 *
 * @throws SNOWFLAKE_NAME
 * @example parts('dbtable', 'shop."Orders"')   // ['SHOP', 'Orders']
 */
export function parts(option: string, text: string, most = 3): readonly string[] {
  const found: string[] = []
  let rest = text
  for (;;) {
    const m = PART.exec(rest)
    if (!m)
      throw new MillraceError('SNOWFLAKE_NAME', {
        option,
        value: text,
        problem: 'has a part that is neither letters, digits and _ nor in double quotes',
      })
    found.push(m[1]?.replaceAll('""', '"') ?? m[2]!.toUpperCase())
    rest = rest.slice(m[0].length)
    if (rest === '') break
    if (!rest.startsWith('.')) throw new MillraceError('SNOWFLAKE_NAME', { option, value: text, problem: 'has something behind its name' })
    rest = rest.slice(1)
  }
  if (found.length > most)
    throw new MillraceError('SNOWFLAKE_NAME', { option, value: text, problem: `has more than ${most} ${most === 1 ? 'part' : 'parts'}` })
  return found
}

/** A single name, such as a warehouse. @throws SNOWFLAKE_NAME */
export const single = (option: string, text: string): string => parts(option, text, 1)[0]!

/** An object in a schema. */
export interface ObjectName {
  readonly database: string
  readonly schema: string
  readonly name: string
}

/** What is not said comes from the options. */
export function objectName(option: string, text: string, within: { readonly database: string; readonly schema: string }): ObjectName {
  const found = parts(option, text)
  return {
    database: found.at(-3) ?? within.database,
    schema: found.at(-2) ?? within.schema,
    name: found.at(-1)!,
  }
}

/** For SQL. */
export const sqlName = ({ database, schema, name }: ObjectName): string => [database, schema, name].map(quoted).join('.')
/** For a person: quoted only where it must be. */
export const shownPart = (name: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : quoted(name))
export const shownName = ({ database, schema, name }: ObjectName): string => [database, schema, name].map(shownPart).join('.')
export const shownSchema = ({ database, schema }: Pick<ObjectName, 'database' | 'schema'>): string =>
  [database, schema].map(shownPart).join('.')
