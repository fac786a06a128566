import { Project } from '../project/index.ts'
import { names, projectOptions, sliceOptions, versions } from './arguments.ts'
import { type Call, type Command, EXIT, IN_PROJECT, SLICE } from './command.ts'
import { runJson, runLine } from './run-log.ts'

/** `millrace run`. */
export const run: Command = {
  name: 'run',
  summary: 'Runs a pipeline, until its streams end or are stopped.',
  about:
    'A node that reads what another node writes starts after its first batch, or at once where the catalog declares its columns. A stream that fails\nstops what depends on it; the rest goes on. Ctrl-C and SIGTERM stop all streams and end with 0: the next run goes on where this one was.',
  options: {
    ...SLICE,
    ...IN_PROJECT,
    'load-versions': {
      type: 'string',
      value: 'NAME:ID',
      multiple: true,
      describe: 'Versions of versioned tables to read; the newest otherwise.',
    },
  },
  examples: [
    'millrace run',
    'millrace run --env prod --tags daily --params window="10 minutes"',
    'millrace run --from-nodes clean_inventory --json',
  ],
  run: async call => {
    await using project = await open(call)
    const { platform, out, signal } = call
    const { state } = await project.run({
      ...sliceOptions(call.options),
      loadVersions: versions(names(call.options, 'load-versions')),
      signal,
      onEvent: event => {
        const line = out.json ? runJson(event, new Date(platform.clock.now()).toISOString()) : runLine(event, out)
        if (line !== undefined) (out.json ? out.print : out.note)(line)
      },
    })
    return state === 'failed' ? EXIT.failed : EXIT.ok
  },
}

/** The project that a command works in. */
export const open = ({ options, platform, out }: Call): Promise<Project> =>
  Project.open({ ...projectOptions(options), platform, onWarning: text => out.note(out.paint.yellow(text)) })
