import type { SessionContext } from './context.ts'
import { DataFrame } from './data-frame.ts'
import { stamped } from './frame-base.ts'

/** A view's plan as it was when it was made, a table the engine holds, or one of the catalog. */
export function tableFrame(session: SessionContext, name: string, streaming: boolean): DataFrame<any, any> {
  const view = session.views.get(name.toLowerCase())
  const plan = view
    ? stamped({ kind: 'subqueryAlias', input: view, alias: name })
    : stamped({ kind: 'read', namedTable: Object.freeze({ unparsedIdentifier: name }), ...(streaming && { isStreaming: true }) })
  return new DataFrame(session, plan)
}
