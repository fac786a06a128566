import { REDACTED, showOptions, withoutPasswords } from '../../connectors/options.ts'
import { planToJson, type Relation, rewriteRelation } from '../../plan/index.ts'

/** A plan's JSON form as it may be written down: values of secret options are masked, also those that are arguments of a function. */
export const shownPlan = (plan: Relation): unknown => withoutSecrets(planToJson(rewriteRelation(plan, masked)))

function masked(node: Relation): Relation {
  if (node.kind !== 'read') return node
  const { dataSource, namedTable } = node
  if (dataSource?.options) {
    const paths = dataSource.paths && { paths: dataSource.paths.map(withoutPasswords) }
    return { ...node, dataSource: { ...dataSource, ...paths, options: showOptions({}, dataSource.options) } }
  }
  return namedTable?.options ? { ...node, namedTable: { ...namedTable, options: showOptions({}, namedTable.options) } } : node
}

interface Call {
  readonly functionName: string
  readonly arguments: readonly Part[]
}
type Part = { readonly literal?: { readonly string?: string }; readonly [key: string]: unknown }

/** Options of a function stand in its call as a map of texts. */
function withoutSecrets(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutSecrets)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (key === 'unresolvedFunction' && isMap(value as Call)) return [key, maskedMap(value as Call)]
      if (key === 'expression' && typeof value === 'string') return [key, maskedText(value)]
      return [key, withoutSecrets(value)]
    }),
  )
}

const isMap = (call: Call): boolean => /^(map|create_map)$/i.test(call.functionName) && Array.isArray(call.arguments)

function maskedMap(call: Call): Call {
  const args = call.arguments.map((part, i) => {
    const name = i % 2 === 1 ? call.arguments[i - 1]?.literal?.string : undefined
    return name !== undefined && part.literal?.string !== undefined && isSecret(name)
      ? { ...part, literal: { ...part.literal, string: REDACTED } }
      : (withoutSecrets(part) as Part)
  })
  return { ...call, arguments: args }
}

const isSecret = (name: string): boolean => showOptions({}, { [name]: '' })[name] === REDACTED

/** Expressions and paths as text without secrets: `map('password', '…')`, `https://api/?key=…`. */
export const maskedText = (sql: string): string =>
  withoutPasswords(sql).replace(/'([^']+)'(\s*,\s*)'(?:[^'\\]|\\.|'')*'/g, (all, name: string, comma: string) =>
    isSecret(name) ? `'${name}'${comma}'${REDACTED}'` : all,
  )
