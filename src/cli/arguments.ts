import { parseArgs } from 'node:util'
import { didYouMean, MillraceError } from '../errors/index.ts'
import type { ConfValue } from '../project/conf/index.ts'
import type { ProjectOptions, RunOptions } from '../project/index.ts'
import { COMMON, type Command, type OptionDoc, type Options } from './command.ts'

/** A mistake in the command line. */
export const usage = (problem: string, command = ''): MillraceError =>
  new MillraceError('COMMAND_USAGE', { problem, see: `millrace ${command ? `${command} ` : ''}--help` })

/** Finds the command whose words the arguments begin with; the longest wins. */
export function findCommand(
  args: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  const fitting = commands.filter(c => c.name.split(' ').every((word, i) => args[i] === word))
  const [command] = fitting.sort((a, b) => b.name.length - a.name.length)
  return command && { command, rest: args.slice(command.name.split(' ').length) }
}

/** @throws COMMAND_USAGE */
export function readArguments(
  command: Command,
  args: readonly string[],
): { readonly options: Options; readonly arguments: readonly string[] } {
  const known: Readonly<Record<string, OptionDoc>> = { ...COMMON, ...command.options }
  const unknown = args
    .slice(0, args.includes('--') ? args.indexOf('--') : args.length)
    .find(arg => /^--./.test(arg) && !isKnown(arg, known))
  if (unknown !== undefined) {
    const name = unknown.slice(2).replace(/=.*/, '')
    throw usage(`there is no option "--${name}"${didYouMean(name, Object.keys(known)).replaceAll(/"([^"]+)"/g, '"--$1"')}`, command.name)
  }
  const options = Object.fromEntries(
    Object.entries(known).map(([name, o]) => [
      name,
      { type: o.type, ...(o.short && { short: o.short }), ...(o.multiple && { multiple: true }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, allowNegative: true })
    if (!values['help']) checkCount(command, positionals)
    return { options: values as Options, arguments: positionals }
  } catch (error) {
    if (error instanceof MillraceError) throw error
    throw usage(
      (error as Error).message
        .split('\n')[0]!
        .replace(/\. To specify.*/, '')
        .replace(/^./, c => c.toLowerCase()),
      command.name,
    )
  }
}

const isKnown = (arg: string, known: Readonly<Record<string, OptionDoc>>): boolean => {
  const name = arg.slice(2).replace(/=.*/, '')
  return name in known || (name.startsWith('no-') && known[name.slice(3)]?.type === 'boolean')
}

function checkCount(command: Command, given: readonly string[]): void {
  const wanted = command.arguments ?? []
  const missing = wanted.filter(a => a.required)[given.length]
  if (missing) throw usage(`${missing.name} is missing: ${missing.describe.toLowerCase().replace(/\.$/, '')}`, command.name)
  if (!wanted.some(a => a.rest) && given.length > wanted.length)
    throw usage(`"${given[wanted.length]}" is one argument too many`, command.name)
}

/** A text option. */
export const text = (options: Options, name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)

/** Names given with commas, or by repeating the option. */
export const names = (options: Options, name: string): readonly string[] =>
  [options[name] ?? []]
    .flat()
    .flatMap(v => String(v).split(','))
    .map(v => v.trim())
    .filter(v => v !== '')

/** What a project is opened with. */
export function projectOptions(options: Options): ProjectOptions {
  const [directory, env, engine] = ['project', 'env', 'engine'].map(name => text(options, name))
  return {
    ...(directory !== undefined && { directory }),
    ...(env !== undefined && { env }),
    ...(engine !== undefined && { engine }),
    parameters: parameters(names(options, 'params')),
  }
}

/** Which part of a pipeline. */
export function sliceOptions(options: Options): RunOptions {
  const [pipeline, namespace] = [text(options, 'pipeline'), text(options, 'namespace')]
  return {
    ...(pipeline !== undefined && { pipeline }),
    ...(namespace !== undefined && { namespace }),
    nodes: names(options, 'nodes'),
    fromNodes: names(options, 'from-nodes'),
    toNodes: names(options, 'to-nodes'),
    fromInputs: names(options, 'from-inputs'),
    toOutputs: names(options, 'to-outputs'),
    tags: names(options, 'tags'),
  }
}

/** `a=1`, `b.c=true` (Kedro's `a:1` too) as nested values. @throws COMMAND_USAGE */
export function parameters(given: readonly string[]): Readonly<Record<string, ConfValue>> {
  const values: Record<string, any> = {}
  for (const one of given) {
    const [, path, value] = /^([^=:]+)[=:]([\s\S]*)$/.exec(one) ?? []
    if (path === undefined) throw usage(`--params takes NAME=VALUE, got "${one}"`)
    const keys = path.trim().split('.')
    let into = values
    for (const key of keys.slice(0, -1)) {
      if (typeof into[key] !== 'object' || into[key] === null) into[key] = {}
      into = into[key]
    }
    into[keys.at(-1)!] = scalar(value!.trim())
  }
  return values
}

function scalar(value: string): ConfValue {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  if (/^null$/i.test(value)) return null
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value.replace(/^(['"])([\s\S]*)\1$/, '$2')
}

/** `NAME:VERSION,…` of `--load-versions`. @throws COMMAND_USAGE */
export function versions(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map(one => {
      const [, name, version] = /^([^:]+):(.+)$/.exec(one) ?? []
      if (name === undefined || version === undefined) throw usage(`--load-versions takes NAME:VERSION, got "${one}"`, 'run')
      return [name, version]
    }),
  )
}
