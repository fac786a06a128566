import { type ArgumentDoc, COMMON, type Command, EXIT_MEANINGS, type OptionDoc } from './command.ts'

const columns = (rows: readonly (readonly [string, string])[], indent = '  '): readonly string[] => {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`.trimEnd())
}

const argumentText = ({ name, required, rest }: ArgumentDoc): string =>
  required ? `${name}${rest ? '…' : ''}` : `[${name}${rest ? '…' : ''}]`
export const optionText = (name: string, { short, value, type }: OptionDoc): string =>
  `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}`

export const usageLine = (command: Command): string =>
  ['millrace', command.name, ...(command.arguments ?? []).map(argumentText), ...(command.options ? ['[options]'] : [])].join(' ')

/** The commands, in groups by their first word. */
export function overview(commands: readonly Command[]): string {
  return [
    'millrace: streams as a project, whose data is named in YAML',
    '',
    'Usage: millrace COMMAND [options]',
    '',
    'Commands:',
    ...columns(commands.map(c => [c.name, c.summary] as const)),
    '',
    'millrace COMMAND --help tells more about each. Exit codes:',
    ...columns(Object.entries(EXIT_MEANINGS)),
    '',
  ].join('\n')
}

/** One command. */
export function commandHelp(command: Command): string {
  const args = (command.arguments ?? []).map(a => [argumentText(a), a.describe] as const)
  const options = Object.entries({ ...command.options, ...COMMON }).map(
    ([name, o]) => [optionText(name, o), `${o.describe}${o.default === undefined ? '' : ` Default: ${o.default}.`}`] as const,
  )
  return [
    command.summary,
    ...(command.about ? ['', command.about] : []),
    '',
    `Usage: ${usageLine(command)}`,
    ...(args.length > 0 ? ['', 'Arguments:', ...columns(args)] : []),
    '',
    'Options:',
    ...columns(options),
    '',
    'Examples:',
    ...command.examples.map(e => `  ${e}`),
    '',
  ].join('\n')
}
