import type { AnalyzeEnv } from '../../analyze/index.ts'
import type { Expression, LiteralValue, Relation } from '../../plan/index.ts'

/** One row with the expression as its only column. */
export const ofOneRow = (e: Expression): Relation => ({
  kind: 'project',
  input: { kind: 'range', start: '0', end: '1', step: '1' },
  expressions: [{ kind: 'alias', expr: e, name: ['value'] }],
})

/** The same text for expressions that say the same. */
const contentOf = (e: Expression): string =>
  JSON.stringify(e, (_, value: unknown) => {
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
    const exact = typeof value === 'bigint' || (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return exact ? { number: Object.is(value, -0) ? '-0' : String(value) } : value
  })

/** Values of expressions made of literals, each worked out once. */
export class Constants {
  readonly #workOut: (e: Expression, env: AnalyzeEnv) => Promise<LiteralValue>
  readonly #known = new Map<string, LiteralValue>()

  constructor(workOut: (e: Expression, env: AnalyzeEnv) => Promise<LiteralValue>) {
    this.#workOut = workOut
  }

  known(e: Expression, env: AnalyzeEnv): LiteralValue | undefined {
    return this.#known.get(keyOf(e, env))
  }
  async lookUp(e: Expression, env: AnalyzeEnv): Promise<void> {
    this.#known.set(keyOf(e, env), await this.#workOut(e, env))
  }
}

const keyOf = (e: Expression, { timeZone }: AnalyzeEnv): string => `${timeZone} ${contentOf(e)}`
