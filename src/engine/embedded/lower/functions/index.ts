import type { FunctionLowering } from '../context.ts'
import { aggregate } from './aggregate.ts'
import { array, collection } from './array.ts'
import { avro } from './avro.ts'
import { bitwise } from './bitwise.ts'
import { datetime } from './datetime.ts'
import { hash } from './hash.ts'
import { csv, json } from './json.ts'
import { lambda } from './lambda.ts'
import { map, struct } from './map.ts'
import { math } from './math.ts'
import { misc } from './misc.ts'
import { operators } from './operators.ts'
import { conditional, predicate } from './predicate.ts'
import { regex } from './regex.ts'
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
  ...aggregate,
  ...array,
  ...collection,
  ...datetime,
  ...lambda,
  ...map,
  ...struct,
  ...regex,
  ...json,
  ...csv,
  ...avro,
}
