import type { ConnectorDescription } from '../../wiring.ts'
import { type ConfMap, type ConfNode, type Place, plainOf } from '../conf/index.ts'
import type { PlacedOptions } from './entry.ts'
import { factOf } from './problem.ts'
import { PANDAS_ARGUMENTS } from './type-names.ts'

type Side = 'load' | 'save'
const SIDES = { load: 'source', save: 'sink' } as const

/** Options whose value is a path: relative to the project, as every path of the catalog. */
const PATHS = new Set(['sourcearchivedir', 'badrecords.path', 'basepath'])
/** A side that is not used may lack what it needs. */
const ONLY_WHERE_USED = 'MISSING_OPTION'

type Tell = (place: Place, text: string) => void

/** Gathers the options of both sides of an entry, and asks the connector's table about each. */
export class OptionDraft {
  readonly #connector: ConnectorDescription
  readonly #mode: 'batch' | 'stream'
  readonly #tell: Tell
  readonly #values: Record<Side, Map<string, string>>
  readonly #places = new Map<string, Place>()

  constructor(
    connector: ConnectorDescription,
    mode: 'batch' | 'stream',
    presets: { readonly presetLoad: Readonly<Record<string, string>>; readonly presetSave: Readonly<Record<string, string>> },
    tell: Tell,
  ) {
    this.#connector = connector
    this.#mode = mode
    this.#tell = tell
    this.#values = { load: new Map(Object.entries(presets.presetLoad)), save: new Map(Object.entries(presets.presetSave)) }
  }

  /** Options for whichever side takes them; `secrets` hears of their names, and their values are told nowhere. */
  both(map: ConfMap, secrets?: Set<string>): void {
    for (const option of flattened(map, this.#tell)) {
      if (option.raw === null) continue
      const wrong = { load: this.#verdict('load', option), save: this.#verdict('save', option) }
      const sides = (['load', 'save'] as const).filter(side => wrong[side] === undefined)
      if (sides.length === 0)
        this.#tell(option.place, secrets ? `the option "${option.name}" is not one of this format, or its value is wrong` : wrong.load!)
      secrets?.add(option.name.toLowerCase())
      for (const side of sides) this.#set(side, option)
    }
  }

  /** Options of one side. */
  side(side: Side, map: ConfMap, dialect?: 'pandas'): void {
    for (const option of flattened(map, this.#tell)) {
      const own = dialect ? this.#translated(side, option) : option
      if (!own || (own.raw === null && own === option)) continue
      const wrong = this.#verdict(side, own)
      if (wrong === undefined) this.#set(side, own)
      else this.#tell(own.place, wrong)
    }
  }

  done(side: Side, absolute: (path: string) => string): PlacedOptions {
    const values = [...this.#values[side]].map(([name, value]) => [name, PATHS.has(name.toLowerCase()) ? absolute(value) : value] as const)
    return { values: Object.freeze(Object.fromEntries(values)), places: this.#places }
  }

  #set(side: Side, { name, value, place }: Given): void {
    const before = [...this.#values[side].keys()].find(k => k.toLowerCase() === name.toLowerCase())
    if (before !== undefined) this.#values[side].delete(before)
    this.#values[side].set(name, value)
    this.#places.set(name, place)
  }

  #verdict(side: Side, { name, value }: Given): string | undefined {
    const problems = this.#connector.examine({ [name]: value }, { side: SIDES[side], mode: this.#mode })
    const wrong = problems.find(p => p.condition !== ONLY_WHERE_USED && p.option.toLowerCase() === name.toLowerCase())
    return wrong && factOf(wrong)
  }

  /** An argument of the foreign library by the name it has here. */
  #translated(side: Side, option: Given): Given | undefined {
    const argument = PANDAS_ARGUMENTS[side][option.name]
    if (!argument) return option
    if ('option' in argument) return { ...option, name: argument.option, value: argument.value?.(option.raw) ?? option.value }
    if (!argument.drop(option.raw)) this.#tell(option.place, `"${option.name}" cannot be ${JSON.stringify(option.raw)}: ${argument.why}`)
    return undefined
  }
}

interface Given {
  readonly name: string
  readonly value: string
  readonly raw: unknown
  readonly place: Place
}

/** One flat list: nested mappings are joined with dots. null leaves an option out, but for arguments that mean something by it. */
function flattened(node: ConfNode, tell: Tell, prefix = ''): readonly Given[] {
  if (node.kind !== 'map') return []
  return [...node.entries].flatMap(([key, at]) => {
    const name = prefix + key
    if (at.node.kind === 'map') return flattened(at.node, tell, `${name}.`)
    const raw = plainOf(at.node)
    if (at.node.kind === 'list') tell(at.node.place, `the option "${name}" cannot be a list: write a text`)
    return at.node.kind === 'list' ? [] : [{ name, value: String(raw), raw, place: at.key }]
  })
}
