/** As much of a connector as is needed here. */
interface Described {
  readonly options: Readonly<Record<string, { readonly side: 'source' | 'sink' | 'both'; readonly refused?: string }>>
}
type Names = Readonly<Record<string, { readonly source: readonly string[]; readonly sink: readonly string[] }>>

/** Keys that every reader and writer takes. */
const READER = ['path']
const WRITER = ['path', 'checkpointLocation', 'queryName']

/** Option names of each connector by side. */
export async function connectorOptions(connectors: Readonly<Record<string, () => Promise<Described>>>): Promise<Names> {
  const names: [string, Names[string]][] = []
  for (const [name, load] of Object.entries(connectors)) {
    const all = Object.entries((await load()).options).filter(([, o]) => o.refused === undefined)
    const on = (side: 'source' | 'sink', common: readonly string[]) =>
      [...new Set([...all.filter(([, o]) => o.side === side || o.side === 'both').map(([k]) => k), ...common])].sort()
    names.push([name, { source: on('source', READER), sink: on('sink', WRITER) }])
  }
  return Object.fromEntries(names)
}

/** The text of `format-options.generated.ts`. */
export const connectorOptionsSource = (names: Names): string =>
  `// Written by scripts/generate-api.ts from the connectors' tables of options.\nexport const CONNECTOR_OPTIONS = ${JSON.stringify(names, null, 2)} as const\n`
