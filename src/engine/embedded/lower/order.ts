import type { Order } from '../../../analyze/resolved.ts'
import type { LowerContext } from './context.ts'

/** `expr ASC NULLS FIRST`: in ORDER BY of relations, of over() and of WITHIN GROUP. */
export const lowerOrder = (order: Order, ctx: Pick<LowerContext, 'lower'>): string =>
  `${ctx.lower(order.expr)} ${order.ascending ? 'ASC' : 'DESC'} NULLS ${order.nullsFirst ? 'FIRST' : 'LAST'}`
