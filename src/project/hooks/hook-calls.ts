import { didYouMean, MillraceError } from '../../errors/index.ts'
import { HOOKS, type HookEvent, type HookName, type ProjectHooks } from './hooks.ts'

/** Hooks and whose they are, for messages. */
export interface OwnedHooks {
  readonly owner: string
  readonly hooks: ProjectHooks
}

/** Calls hooks in the order of registration. */
export class HookCalls {
  readonly #all: readonly OwnedHooks[]
  readonly #report: (error: MillraceError) => void

  /** `report` hears of failures that stop nothing. */
  constructor(all: readonly OwnedHooks[], report: (error: MillraceError) => void) {
    this.#all = all
    this.#report = report
  }

  /** Calls all hooks of a name, one after the other; what they answer, in order. @throws HOOK_FAILED where the hook stops what follows */
  async call<N extends HookName>(name: N, event: HookEvent<N>): Promise<readonly unknown[]> {
    const answers: unknown[] = []
    for (const { owner, hooks } of this.#all) {
      if (!hooks[name]) continue
      try {
        answers.push(await (hooks[name] as (e: unknown) => unknown).call(hooks, event))
      } catch (cause) {
        const error = new MillraceError('HOOK_FAILED', { hook: name, owner, reason: reasonOf(cause) }, { cause })
        if (HOOKS[name] === 'stops') throw error
        this.#report(error)
      }
    }
    return answers
  }
}

/** The first line of an error. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/^\[[^\]]*\] /, '')

/** Names that look like hooks, also as Python writes them. */
const LIKE_A_HOOK = /^(before|after|on)(_|[A-Z])/

/** Hooks as they were registered, or what is wrong with them: a misspelt hook would never be called. */
export function checkHooks(given: unknown, at: number, file: string): OwnedHooks {
  const refuse = (problem: string, instead: string): never => {
    throw new MillraceError('SETTINGS_INVALID', { file, problem, instead })
  }
  if (typeof given === 'function')
    return refuse(`hooks[${at}] is a class or a function`, `Write hooks: [new ${given.name || 'MyHooks'}()].`)
  if (typeof given !== 'object' || given === null) return refuse(`hooks[${at}] is no object of hooks`, 'Write hooks: [new MyHooks()].')
  const owner = given.constructor && given.constructor !== Object ? given.constructor.name : `hooks[${at}]`
  const names = methodsOf(given)
  const unknown = names.find(name => LIKE_A_HOOK.test(name) && !Object.hasOwn(HOOKS, name))
  if (unknown !== undefined) {
    const camel = unknown.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    return refuse(
      `${owner} has "${unknown}", which is no hook${didYouMean(camel, Object.keys(HOOKS))}`,
      `Hooks are ${Object.keys(HOOKS).join(', ')}.`,
    )
  }
  if (!names.some(name => Object.hasOwn(HOOKS, name))) return refuse(`${owner} has no hook`, `Hooks are ${Object.keys(HOOKS).join(', ')}.`)
  return { owner, hooks: given as ProjectHooks }
}

/** Names of methods, also of classes above. */
function methodsOf(given: object): readonly string[] {
  const names = new Set<string>()
  for (let of = given; of !== null && of !== Object.prototype; of = Object.getPrototypeOf(of) as object)
    for (const name of Object.getOwnPropertyNames(of))
      if (name !== 'constructor' && typeof (given as any)[name] === 'function') names.add(name)
  return [...names]
}
