import { COMMON, type Command, EXIT_MEANINGS } from './command.ts'
import { optionText, usageLine } from './help.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function section(command: Command): readonly string[] {
  const options = Object.entries({ ...command.options, ...COMMON })
  return [
    `## ${command.name}`,
    '',
    command.summary,
    ...(command.about ? ['', ...command.about.split('\n').map(line => `    ${line}`)] : []),
    '',
    `    ${usageLine(command)}`,
    '',
    ...((command.arguments ?? []).length > 0
      ? ['| argument | what it is |', '|---|---|', ...command.arguments!.map(a => `| \`${a.name}\` | ${cell(a.describe)} |`), '']
      : []),
    '| option | what it does | default |',
    '|---|---|---|',
    ...options.map(([name, o]) => `| \`${optionText(name, o).replaceAll('|', '\\|')}\` | ${cell(o.describe)} | ${o.default ?? ''} |`),
    '',
    ...command.examples.map(e => `    ${e}`),
    '',
  ]
}

/** The page of all commands, from the objects that help is made from. */
export function commandsPage(commands: readonly Command[]): string {
  return [
    '# Commands',
    '',
    'Made from the objects in `src/cli/` by `node scripts/docs.ts`; `millrace COMMAND --help` says the same. [project.md](project.md) says what a project is.',
    '',
    'Results go to standard output, what goes on to standard error; `--json` makes results JSON. Colours stand on a terminal only (and not with `NO_COLOR`).',
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    '| command | what it does |',
    '|---|---|',
    ...commands.map(c => `| [\`${c.name}\`](#${c.name.replaceAll(' ', '-')}) | ${cell(c.summary)} |`),
    '',
    ...commands.flatMap(section),
  ].join('\n')
}
