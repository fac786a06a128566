import type { FunctionLowering } from '../context.ts'
import { operators } from './operators.ts'

/** How each function of the table becomes SQL, by its canonical name. */
export const LOWERINGS: Readonly<Record<string, FunctionLowering>> = { ...operators }
