import type { FunctionLowering } from '../context.ts'
import { bitwise } from './bitwise.ts'
import { hash } from './hash.ts'
import { math } from './math.ts'
import { misc } from './misc.ts'
import { operators } from './operators.ts'
import { conditional, predicate } from './predicate.ts'
import { string } from './string.ts'
import { url } from './url.ts'

/** How each function of the table becomes SQL, by its canonical name. */
export const LOWERINGS: Readonly<Record<string, FunctionLowering>> = {
  ...operators,
  ...math,
  ...bitwise,
  ...string,
  ...predicate,
  ...conditional,
  ...hash,
  ...misc,
  ...url,
}
