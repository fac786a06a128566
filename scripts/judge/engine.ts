import { Settings } from '../../src/api/settings.ts'
import { UserFunctionRegistry } from '../../src/api/user-functions.ts'
import type { Engine } from '../../src/engine/contract.ts'
import type { Bus } from '../../src/observe/index.ts'
import type { Relation } from '../../src/plan/index.ts'
import type { Platform } from '../../src/platform/index.ts'
import { openEngine } from '../../src/wiring.ts'

/** An embedded engine with a case's settings, extensions off: what Spark does, and nothing more. */
export async function openJudgeEngine(
  platform: Platform,
  conf: Readonly<Record<string, string>>,
  views: ReadonlyMap<string, Relation>,
  bus: Bus,
): Promise<Engine> {
  const settings = new Settings(() => {})
  for (const [key, value] of Object.entries({ ...conf, 'millrace.extensions': 'false' })) settings.set(key, value)
  const host = {
    conf: settings.lookup,
    view: (name: string) => views.get(name.toLowerCase()),
    functions: new UserFunctionRegistry(),
    warn: () => {},
    bus,
  }
  return await openEngine(host, platform, () => {})
}
