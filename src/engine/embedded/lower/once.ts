/** Texts that may stand in SQL several times: short, and the same whenever they are evaluated. */
const isCheap = (sql: string): boolean => sql.length <= 80 && !/\b(?:mr_volatile|random|uuid|gen_random_uuid)\w*\(/.test(sql)

let depth = 0

/**
 * SQL of `body(v)` in which `v` may be used several times although `sql` is evaluated once: a longer text is bound by a lambda.
 * Without it, casts within casts would double the text at each level.
 */
export function once(sql: string, body: (v: string) => string): string {
  if (isCheap(sql)) return body(sql)
  const v = `mr_v${++depth}`
  try {
    return `list_extract(list_transform([${sql}], lambda ${v}: ${body(v)}), 1)`
  } finally {
    depth--
  }
}

/** The same for several texts, bound together. */
export const onceEach = (sqls: readonly string[], body: (...vs: string[]) => string): string =>
  sqls.every(isCheap) ? body(...sqls) : bound(sqls, body)

/** The same, but everything other than a column or a literal is bound: for `TRY(…)` around one operator and not its arguments. */
export const bareOnceEach = (sqls: readonly string[], body: (...vs: string[]) => string): string =>
  sqls.every(sql => isLiteral(sql) || /^(?:"(?:[^"]|"")*"|\w+)(?:\.\w+)?$/.test(sql)) ? body(...sqls) : bound(sqls, body)

function bound(sqls: readonly string[], body: (...vs: string[]) => string): string {
  const v = `mr_v${++depth}`
  try {
    const packed = sqls.map((sql, i) => `v${i} := ${sql}`).join(', ')
    const used = body(...sqls.map((sql, i) => (isLiteral(sql) ? sql : `${v}.v${i}`)))
    return `list_extract(list_transform([struct_pack(${packed})], lambda ${v}: ${used}), 1)`
  } finally {
    depth--
  }
}

/** Literals stay in place: DuckDB has faster forms for constant arguments. */
export const isLiteral = (sql: string): boolean =>
  /^(?:-?\d+|TRUE|FALSE|'(?:[^']|'')*'|CAST\((?:NULL|-?\d+|'[^']*') AS [\w(), ]+\))$/.test(sql)
