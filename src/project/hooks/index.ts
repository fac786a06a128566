export { checkHooks, HookCalls, type OwnedHooks, reasonOf } from './hook-calls.ts'
export { HOOKS, type HookCatalog, type HookContext, type HookEvent, type HookName, type ProjectHooks, type RunFacts } from './hooks.ts'
