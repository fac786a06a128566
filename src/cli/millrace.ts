import { didYouMean, isMillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import { version } from '../project/version.ts'
import { findCommand, readArguments, usage } from './arguments.ts'
import { type Command, EXIT, type Output } from './command.ts'
import { commandHelp, overview } from './help.ts'
import { terminalOutput } from './output.ts'
import { errorText } from './run-log.ts'

interface Outside {
  readonly platform: Platform
  readonly signal: AbortSignal
  /** For tests. */
  readonly output?: (json: boolean) => Output
}

/** Runs a command line to its exit code. */
export async function millrace(
  args: readonly string[],
  commands: readonly Command[],
  { platform, signal, output = terminalOutput }: Outside,
): Promise<number> {
  const out = output(args.includes('--json'))
  try {
    const found = findCommand(args, commands)
    if (!found) return noCommand(args, commands, out)
    const given = readArguments(found.command, found.rest)
    if (given.options['help'] === true) {
      out.print(commandHelp(found.command).trimEnd())
      return EXIT.ok
    }
    return await found.command.run({ ...given, platform, out, signal })
  } catch (error) {
    if (out.json) out.print(JSON.stringify({ error: isMillraceError(error) ? error : { message: String(error) } }))
    else out.note(out.paint.red(errorText(error)))
    return exitCodeOf(error)
  }
}

/** Something outside (a broker, a disk) may work the next time; a person's mistake will not. */
const exitCodeOf = (error: unknown): number => (isMillraceError(error) && error.domain === 'user' ? EXIT.mistake : EXIT.failed)

function noCommand(args: readonly string[], commands: readonly Command[], out: Output): number {
  const [first] = args
  if (first === '--version' || first === '-V') {
    out.print(version())
    return EXIT.ok
  }
  const group = commands.filter(c => c.name.startsWith(`${first} `))
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const asked = findCommand(args.slice(1), commands)
    out.print((asked ? commandHelp(asked.command) : overview(commands)).trimEnd())
    return first === undefined ? EXIT.mistake : EXIT.ok
  }
  if (group.length > 0 && (args.length === 1 || args[1]!.startsWith('-'))) {
    out.print(overview(group).trimEnd())
    return args.includes('--help') ? EXIT.ok : EXIT.mistake
  }
  const words = args
    .filter(a => !a.startsWith('-'))
    .slice(0, group.length > 0 ? 2 : 1)
    .join(' ')
  throw usage(
    `there is no command "${words}"${didYouMean(
      words,
      commands.map(c => c.name),
    )}`,
  )
}
