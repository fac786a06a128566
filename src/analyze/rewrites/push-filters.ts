import type { Resolved } from '../resolved.ts'

export const pushFilters = (plan: Resolved): Resolved => plan
