import type { Warning } from '../../connectors/contract.ts'
import { isMillraceError } from '../../errors/index.ts'
import type { PinnedUse, Registries } from '../../formats/registry/registries.ts'

/** Says loudly where a registry has a newer schema than the one a restarted query goes on with. A registry that does not answer stops nothing. */
export async function tellNewerSubjects(registries: Registries, warn: (warning: Warning) => void): Promise<void> {
  for (const warning of await Promise.all(registries.pinnedLatest.map(newer))) if (warning) warn(warning)
}

async function newer({ registry, options, found }: PinnedUse): Promise<Warning | undefined> {
  const { subject } = options
  const goesOn = `the query goes on with ${found.version > 0 ? `version ${found.version}` : `the schema ${found.id}`}, which its checkpoint began with`
  try {
    const latest = await registry.client.version(subject, 'latest')
    if (!latest) return { code: 'SUBJECT_GONE', message: `the schema registry has no subject "${subject}" any more; ${goesOn}` }
    if (latest.id === found.id) return undefined
    return {
      code: 'NEWER_SCHEMA_VERSION',
      message: `the latest schema of "${subject}" is version ${latest.version}; ${goesOn}`,
      hint: "Give schemaEvolution: 'latest' beside subject and registry to take the latest at each start; a version by number to take that one.",
    }
  } catch (error) {
    if (!isMillraceError(error)) throw error
    const why = error.message.split('\n')[0]!.replace(/^\[\S+\] /, '')
    return { code: error.condition, message: `whether "${subject}" has a newer schema is not known: ${why}; ${goesOn}` }
  }
}
