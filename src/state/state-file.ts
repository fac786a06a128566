/**
 * One file of an operator's state under `millrace/state/<operator>/`. A version belongs to the run that committed it:
 * `<version>.<run>.parquet` holds the changes batch `version - 1` made, `<version>.<run>.snapshot.parquet` all rows of that version.
 */
export interface StateFile {
  readonly version: number
  readonly run: string
  readonly kind: 'changes' | 'snapshot'
  /** Relative to the store. */
  readonly path: string
}

export const stateDirectory = (operator: number): string => `millrace/state/${operator}`

export function stateFile(operator: number, version: number, run: string, kind: StateFile['kind']): StateFile {
  const name = `${version}.${run}${kind === 'snapshot' ? '.snapshot' : ''}.parquet`
  return { version, run, kind, path: `${stateDirectory(operator)}/${name}` }
}

/** Undefined for whatever else lies there. */
export function parseStateFile(path: string): StateFile | undefined {
  const parts = /(?:^|\/)(\d{1,15})\.([^./]+)(\.snapshot)?\.parquet$/.exec(path)
  return parts ? { version: Number(parts[1]), run: parts[2]!, kind: parts[3] ? 'snapshot' : 'changes', path } : undefined
}
