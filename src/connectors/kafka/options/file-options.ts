import type { OptionTable } from '../../contract.ts'
import { examineOptions } from '../../options.ts'
import type { FileEntry } from '../client/config-file.ts'
import { FILE_ALIASES, FILE_OPTIONS } from './client-options.ts'
import { bootstrapVerdict, type KafkaUse, type Verdict, verdictOn } from './examine.ts'

export interface FromFile {
  /** By Java's names (and librdkafka's where Java has none). */
  readonly values: Readonly<Record<string, string>>
  readonly verdicts: readonly Verdict[]
  /** Entries that change nothing here, each with why. */
  readonly idle: readonly Verdict[]
}

/** Names that could be meant in a file, where none has `kafka.` in front. */
const SPELLINGS = [
  ...Object.entries(FILE_OPTIONS as OptionTable).flatMap(([name, spec]) => (spec.refused === undefined ? [name] : [])),
  ...Object.keys(FILE_ALIASES),
]

/**
 * Judges the entries of a properties file. Such files are shared with other programs, so what belongs to the other side, or to consumers and
 * producers of other kinds, is passed over and told; misspelt names and wrong values are refused with file and line.
 */
export function examineFile(path: string, entries: readonly FileEntry[], use: KafkaUse): FromFile {
  const values: Record<string, string> = {}
  const verdicts: Verdict[] = []
  const idle: Verdict[] = []
  for (const { name, value, line } of entries) {
    const key = FILE_ALIASES[name.toLowerCase()] ?? name.toLowerCase()
    const at = `${path}:${line} ${name}`
    const spec = (FILE_OPTIONS as OptionTable)[key]
    const reason = spec && (spec.withoutEffect ?? spec.refused)
    if (reason !== undefined && key !== 'enable.ssl.certificate.verification') {
      idle.push({ option: at, verdict: reason })
      continue
    }
    const [problem] = examineOptions(FILE_OPTIONS, { [key]: value }, { format: 'kafka', ...use }).problems
    if (problem?.condition === 'OPTION_ON_WRONG_SIDE') idle.push({ option: at, verdict: `it is for ${problem.params.belongs}` })
    else if (problem) verdicts.push({ option: at, verdict: verdictOn(problem, name, SPELLINGS).verdict })
    else if (key === 'bootstrap.servers' && bootstrapVerdict(at, value).length > 0) verdicts.push(...bootstrapVerdict(at, value))
    else values[key] = value
  }
  return { values, verdicts, idle }
}
