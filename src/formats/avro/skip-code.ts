import type { AvroRecord, AvroSchema } from '../../types/index.ts'
import { leastBytes } from './match.ts'
import { isRecursive } from './recursive.ts'

/** Stands in generated code for what ends a message that is none; replaced where the code's place is known. */
export const FAIL = '@FAIL@'

/** How deep a record may lie in itself in data that is passed over. */
const MOST_DEEP = 2000

/** Reads a count or a length into `x`; one of more than 32 bits is none. */
export const READ_SIZE = `x = b[p++]; if (x > 127) { p = L(b, p - 1, R, 0); x = R[0]; if (R[1] !== x >> 31) ${FAIL} } else x = (x >>> 1) ^ -(x & 1);`

/** Reads an int into `x`. */
export const READ_INT = 'x = b[p++]; if (x > 127) { p = I(b, p - 1, R); x = R[0]; } else x = (x >>> 1) ^ -(x & 1);'

/** Elements that take no bytes at all, in one list: more would only be an attack. */
const MOST_EMPTY = 1 << 20

/** Checks the count of a block in `x` against what is left of the message: every element takes at least `least` bytes. */
export const checkCount = (least: number, already: string): string =>
  least > 0 ? `if (x * ${least} > e - p) ${FAIL}` : `if (x > ${MOST_EMPTY} - (${already})) ${FAIL}`

/** Code that passes over values. A record that lies in itself gets a function of its own. */
export class SkipCode {
  readonly #functions = new Map<AvroRecord, { readonly name: string; code: string }>()
  #loops = 0

  /** All functions, for the head of the generated code. */
  get functions(): string {
    return [...this.#functions.values()].map(f => f.code).join('\n')
  }

  /** Statements that move `p` behind a value. `depth` is an expression. */
  of(s: AvroSchema, depth = '0'): string {
    switch (s.type) {
      case 'null':
        return ''
      case 'boolean':
        return 'p++;'
      case 'float':
        return 'p += 4;'
      case 'double':
        return 'p += 8;'
      case 'fixed':
        return `p += ${s.size};`
      case 'int':
      case 'long':
      case 'enum':
        return 'while (b[p++] > 127);'
      case 'bytes':
      case 'string':
        return `${READ_SIZE} if (x < 0 || x > e - p) ${FAIL} p += x;`
      case 'record':
        return isRecursive(s) ? this.#call(s, depth) : s.fields.map(f => this.of(f.schema, depth)).join(' ')
      case 'array':
        return this.#blocks(leastBytes(s.items), this.of(s.items, depth))
      case 'map':
        return this.#blocks(1 + leastBytes(s.values), `${this.of({ type: 'string' })} ${this.of(s.values, depth)}`)
      case 'union':
        return `${READ_INT} ${s.branches.map((b, i) => `if (x === ${i}) { ${this.of(b, depth)} }`).join(' else ')} else ${FAIL}`
    }
  }

  #blocks(least: number, element: string): string {
    const t = `s${this.#loops++}`
    return `{ let ${t} = 0; for (;;) { ${READ_SIZE} if (x === 0) break;
      if (x < 0) { ${READ_SIZE} if (x < 0 || x > e - p) ${FAIL} p += x; continue; }
      ${checkCount(least, t)} for (${t} = x; ${t} > 0; ${t}--) { ${element} if (p > e) ${FAIL} } } }`
  }

  #call(s: AvroRecord, depth: string): string {
    let own = this.#functions.get(s)
    if (!own) {
      own = { name: `k${this.#functions.size}`, code: '' }
      this.#functions.set(s, own)
      const body = s.fields.map(f => this.of(f.schema, 'd + 1')).join(' ')
      own.code = `function ${own.name}(b, p, e, d) { let x = 0; if (d > ${MOST_DEEP} || p > e) return N; ${body.replaceAll(FAIL, 'return N;')} return p; }`
    }
    return `p = ${own.name}(b, p, e, ${depth}); if (p > e) ${FAIL}`
  }
}
