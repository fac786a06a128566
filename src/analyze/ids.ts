import type { Attribute, TAttribute } from './resolved.ts'

let last = 0
/** Attribute ids never repeat within a process, so that analysed subtrees can be shared between plans. */
export const freshId = (): number => ++last

export type AttributeInit = Omit<Attribute, 'id' | 'qualifier'> & { readonly qualifier?: readonly string[] }
export const attribute = (init: AttributeInit): Attribute => Object.freeze({ qualifier: [], ...init, id: freshId() })

/** A reference to a column. */
export const reference = (a: Attribute): TAttribute =>
  Object.freeze({ node: 'attribute', id: a.id, name: a.name, dataType: a.dataType, nullable: a.nullable })
