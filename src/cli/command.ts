import type { Platform } from '../platform/index.ts'

/** One option of a command, as `util.parseArgs` takes them, and as help and docs show them. */
export interface OptionDoc {
  readonly type: 'string' | 'boolean'
  readonly describe: string
  readonly short?: string
  /** May be given several times. */
  readonly multiple?: boolean
  /** What stands behind it in help: `NAME`. */
  readonly value?: string
  readonly default?: string
}
export interface ArgumentDoc {
  readonly name: string
  readonly describe: string
  readonly required?: boolean
  /** Takes all that follow. */
  readonly rest?: boolean
}

export type Options = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** What a command is given. */
export interface Call {
  readonly options: Options
  readonly arguments: readonly string[]
  readonly platform: Platform
  readonly out: Output
  /** Aborts when the person wants the end. */
  readonly signal: AbortSignal
}

/** Where a command writes: results to standard output, words about them to standard error. */
export interface Output {
  /** A result line. */
  readonly print: (text: string) => void
  /** What goes on, mistakes, warnings. */
  readonly note: (text: string) => void
  /** `--json`: results are JSON, one value a line where they come in turn. */
  readonly json: boolean
  /** Colours for standard error and output; plain text where that is no terminal. */
  readonly paint: Paint
}
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>>

/** One command: help, docs and completion are made from this object. */
export interface Command {
  /** Words of the command: `catalog list`. */
  readonly name: string
  readonly summary: string
  /** Further sentences for help and docs. */
  readonly about?: string
  readonly arguments?: readonly ArgumentDoc[]
  readonly options?: Readonly<Record<string, OptionDoc>>
  readonly examples: readonly string[]
  /** Its exit code. */
  readonly run: (call: Call) => Promise<number>
}

/** What a process ends with. */
export const EXIT = {
  ok: 0,
  /** Something failed: a node, a stream, a check. */
  failed: 1,
  /** The command, the configuration or the program cannot mean what they say; nothing was started. */
  mistake: 2,
  /** Ended at once by a second Ctrl-C. */
  interrupted: 130,
} as const

export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'all went well, or the run was stopped by Ctrl-C or SIGTERM',
  1: 'something failed: a node, a stream for good, a check',
  2: 'a mistake in the command, the configuration or the program: nothing was started',
  130: 'ended at once by a second Ctrl-C',
}

/** Options that every command has. */
export const COMMON: Readonly<Record<string, OptionDoc>> = {
  help: { type: 'boolean', short: 'h', describe: 'Shows this.' },
  json: { type: 'boolean', describe: 'Prints JSON instead of words.' },
}

/** Options of commands that work in a project. */
export const IN_PROJECT: Readonly<Record<string, OptionDoc>> = {
  project: { type: 'string', value: 'DIR', describe: 'A directory in the project; the working directory otherwise.' },
  env: {
    type: 'string',
    short: 'e',
    value: 'NAME',
    describe: 'The environment of the configuration: conf/NAME over conf/base; local otherwise.',
  },
  params: {
    type: 'string',
    value: 'A=1,B.C=2',
    multiple: true,
    describe: 'Parameters over those of parameters.yml; may be given several times.',
  },
  engine: { type: 'string', value: 'ENGINE', default: 'embedded', describe: 'embedded, or the address of a Spark server (sc://…).' },
}

/** Which part of a pipeline. */
export const SLICE: Readonly<Record<string, OptionDoc>> = {
  pipeline: { type: 'string', short: 'p', value: 'NAME', describe: 'The pipeline; __default__ otherwise.' },
  nodes: { type: 'string', short: 'n', value: 'A,B', multiple: true, describe: 'These nodes alone.' },
  'from-nodes': { type: 'string', value: 'A,B', multiple: true, describe: 'These nodes and all that depend on them.' },
  'to-nodes': { type: 'string', value: 'A,B', multiple: true, describe: 'These nodes and all that they depend on.' },
  'from-inputs': {
    type: 'string',
    value: 'X,Y',
    multiple: true,
    describe: 'The nodes that read these data sets, and all that depend on them.',
  },
  'to-outputs': {
    type: 'string',
    value: 'X,Y',
    multiple: true,
    describe: 'The nodes that write these data sets, and all that they depend on.',
  },
  tags: { type: 'string', short: 't', value: 'T,U', multiple: true, describe: 'Nodes with one of these tags.' },
  namespace: { type: 'string', value: 'NAME', describe: 'The nodes of a namespace.' },
}
