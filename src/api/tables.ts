import { MillraceError } from '../errors/index.ts'
import type { Options } from '../plan/index.ts'
import type { SessionContext } from './context.ts'
import { DataFrame } from './data-frame.ts'
import { stamped } from './frame-base.ts'

/** A view's plan as it was when it was made, a table the engine holds, or one of the catalog. */
export function tableFrame(session: SessionContext, name: string, streaming: boolean, options: Options = {}): DataFrame<any, any> {
  const view = session.views.get(name.toLowerCase())
  const given = Object.keys(options)
  if (view && given.length > 0)
    throw new MillraceError('NOT_SUPPORTED', {
      what: `options for the view "${name}" (${given.join(', ')})`,
      instead: 'Give them where the view reads.',
    })
  const namedTable = Object.freeze({ unparsedIdentifier: name, ...(given.length > 0 && { options: Object.freeze({ ...options }) }) })
  const plan = view
    ? stamped({ kind: 'subqueryAlias', input: view, alias: name })
    : stamped({ kind: 'read', namedTable, ...(streaming && { isStreaming: true }) })
  return new DataFrame(session, plan)
}
