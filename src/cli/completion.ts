import { usage } from './arguments.ts'
import { COMMON, type Command, EXIT } from './command.ts'

/** `millrace completion`, for the commands it is given: itself among them. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'Prints a script that lets a shell complete commands and options.',
  arguments: [{ name: 'SHELL', describe: 'bash, zsh or fish.', required: true }],
  examples: ['millrace completion bash >> ~/.bashrc', 'millrace completion fish > ~/.config/fish/completions/millrace.fish'],
  run: async ({ arguments: [shell], out }) => {
    const script = SHELLS[shell!]
    if (!script) throw usage(`there is no shell "${shell}": use ${Object.keys(SHELLS).join(', ')}`, 'completion')
    out.print(script(commands()))
    return EXIT.ok
  },
})

const flags = (c: Command): readonly string[] => Object.keys({ ...c.options, ...COMMON }).map(name => `--${name}`)
const words = (commands: readonly Command[]): readonly string[] => [...new Set(commands.map(c => c.name.split(' ')[0]!))]
const second = (commands: readonly Command[], first: string): readonly string[] =>
  commands.flatMap(c => (c.name.startsWith(`${first} `) ? [c.name.split(' ')[1]!] : []))

function bash(commands: readonly Command[]): string {
  const groups = words(commands).filter(w => second(commands, w).length > 0)
  return [
    '_millrace() {',
    '  local cur="$' + '{COMP_WORDS[COMP_CWORD]}" words=""',
    '  case "$' + '{COMP_WORDS[1]} $' + '{COMP_WORDS[2]}" in',
    ...commands.map(c => `    "${c.name}${c.name.includes(' ') ? '"' : ' "'}*) words="${flags(c).join(' ')}" ;;`),
    '  esac',
    `  if [ "$COMP_CWORD" = 1 ]; then words="${words(commands).join(' ')}"`,
    '  elif [ "$COMP_CWORD" = 2 ]; then case "$' + '{COMP_WORDS[1]}" in',
    ...groups.map(g => `    ${g}) words="${second(commands, g).join(' ')}" ;;`),
    '  esac; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _millrace millrace',
  ].join('\n')
}

const zsh = (commands: readonly Command[]): string => ['autoload -U +X bashcompinit && bashcompinit', bash(commands)].join('\n')

function fish(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
  const lines = commands.flatMap(c => {
    const [first, sub] = c.name.split(' ')
    const within = sub
      ? `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${sub}`
      : `__fish_seen_subcommand_from ${first}`
    const head = sub
      ? `complete -c millrace -n '__fish_seen_subcommand_from ${first}' -a ${sub} -d ${quoted(c.summary)}`
      : `complete -c millrace -n __fish_use_subcommand -a ${first} -d ${quoted(c.summary)}`
    return [
      head,
      ...Object.entries({ ...c.options, ...COMMON }).map(
        ([name, o]) => `complete -c millrace -n '${within}' -l ${name} -d ${quoted(o.describe)}`,
      ),
    ]
  })
  const groups = words(commands).filter(w => second(commands, w).length > 0)
  return ['complete -c millrace -f', ...groups.map(g => `complete -c millrace -n __fish_use_subcommand -a ${g}`), ...lines].join('\n')
}

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish }
