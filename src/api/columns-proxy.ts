import { Column } from './column.ts'
import type { AnyColumn } from './column-types.ts'

/** The `c` of callbacks: `c.ENTRIES` is the frame's column, `c.window.end` a field of it. */
export const columnsProxy: Readonly<Record<string, AnyColumn>> = new Proxy(Object.freeze({}), {
  get: (_, name) =>
    typeof name === 'string'
      ? withFields(new Column(Object.freeze({ kind: 'unresolvedAttribute', unparsedIdentifier: quoted(name) })))
      : undefined,
})

/** Names stand for themselves in callbacks: one with a dot in it is one name. */
const quoted = (name: string): string => (/[.`]/.test(name) ? `\`${name.replaceAll('`', '``')}\`` : name)

/** A column on which unknown names are fields. What `Column` has itself (`as`, `cast`, …) stays; such fields are reached with `getField`. */
const withFields = (column: AnyColumn): AnyColumn =>
  new Proxy(column, {
    get: (target, name, receiver) => {
      if (typeof name !== 'string' || name in target || name === 'then') return Reflect.get(target, name, receiver)
      return withFields(target.getField(name))
    },
  })
