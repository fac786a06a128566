import type { Condition, Domain } from './condition.ts'
import { CONDITIONS, type ConditionName, type ParamsOf } from './table.ts'

export interface ErrorContext {
  /** The error underneath, kept as the standard `cause`. */
  readonly cause?: unknown
  /** Further lines for a person: the row, its file and line, the text with a caret, the program line that built the step. */
  readonly details?: readonly string[]
}

/**
 * The one error class. Catch by `condition`, never by prose.
 *
 * @example
 * try { await query.awaitTermination() } catch (e) { if (isMillraceError(e)) console.error(e.condition, e.hint) }
 */
export class MillraceError<C extends ConditionName = ConditionName> extends Error {
  override readonly name = 'MillraceError'
  readonly condition: C
  readonly params: ParamsOf<C>
  readonly domain: Domain
  readonly hint: string
  /** Spark's error class for the same situation, where Spark has one. */
  readonly sparkClass: string | undefined
  readonly details: readonly string[]

  constructor(condition: C, params: ParamsOf<C>, context: ErrorContext = {}) {
    const row = CONDITIONS[condition] as unknown as Condition<ParamsOf<C>>
    const spark = typeof row.sparkClass === 'function' ? row.sparkClass(params) : row.sparkClass
    const hint = row.hint(params)
    const head = `[${condition}${spark && spark !== condition ? ` | ${spark}` : ''}] ${row.message(params)}`
    super([head, ...(context.details ?? []), hint].join('\n'), context.cause === undefined ? undefined : { cause: context.cause })
    this.condition = condition
    this.params = params
    this.domain = row.domain
    this.hint = hint
    this.sparkClass = spark
    this.details = context.details ?? []
    // The message says them already, and Node prints the fields of an error that nobody caught.
    for (const said of ['hint', 'details', 'params', 'domain', 'sparkClass'] as const)
      Object.defineProperty(this, said, { enumerable: false })
    if (INSTALLED && this.domain !== 'internal') this.stack = [`${this.name}: ${this.message}`, ...outside(framesOf(this))].join('\n')
  }

  /** For logs. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { name, condition, message, params, domain, hint, sparkClass, details } = this
    return { name, condition, message, params, domain, hint, sparkClass, details }
  }

  /**
   * As Node prints it: the message and the program lines that led here. What went on inside Millrace is shown for
   * defects of Millrace only; a cause that is not Millrace's own (thrown by a person's function) is shown whole.
   */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const frames = framesOf(this)
    const shown = this.domain === 'internal' ? frames : outside(frames)
    const head = [`${this.name}: ${this.message}`, ...shown].join('\n')
    const cause = this.domain === 'internal' ? this.cause : outsideCause(this)
    return cause === undefined ? head : `${head}\nCause: ${inspect(cause, options)}`
  }
}

/** Where Millrace itself lives: a person does not look for mistakes there. */
const OURS = new URL('..', import.meta.url).href
/** Node prints the stack itself of an error that nobody caught. In a checkout it stays whole, for whoever works on Millrace. */
const INSTALLED = OURS.includes('/node_modules/')

const framesOf = (error: Error): readonly string[] => (error.stack ?? '').split('\n').filter(line => /^ {4}at /.test(line))
const outside = (frames: readonly string[]): readonly string[] =>
  frames.filter(line => !line.includes(OURS) && !line.includes('node:internal/'))

/** What is not ours below an error: what a person's function threw, or what ended a query and has no condition. Other causes say the same again. */
function outsideCause({ condition, cause }: MillraceError): unknown {
  if (cause instanceof MillraceError) return outsideCause(cause)
  return condition === 'STREAM_FAILED' || condition.endsWith('USER_FUNCTION_ERROR') ? cause : undefined
}

/** Is `error` a Millrace error, and of this condition when one is given? */
export function isMillraceError<C extends ConditionName = ConditionName>(error: unknown, condition?: C): error is MillraceError<C> {
  return error instanceof MillraceError && (condition === undefined || error.condition === condition)
}

/** The first Millrace error along the chain of causes. */
export function findMillraceError(error: unknown): MillraceError | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof MillraceError) return e
  return undefined
}
