import { millisOfText, Project, type ProjectOptions } from '../project/index.ts'
import { names, projectOptions, sliceOptions, text, usage, versions } from './arguments.ts'
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
    then: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      describe: 'Pipelines to run afterwards, one after the other; a failed one ends it.',
    },
    every: {
      type: 'string',
      value: 'TIME',
      describe:
        'Runs again and again, this long from start to start ("1h"); a start that is missed because a run still goes on is left out.',
    },
    watch: {
      type: 'string',
      value: '[HOST:]PORT',
      describe:
        'Serves /health, /ready, /metrics and /queries, to this machine alone unless a host is named. MILLRACE_WATCH_TOKEN is the token that stops a query.',
    },
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
    const given = text(call.options, 'every')
    const every = given === undefined ? undefined : (millisOfText(given) ?? 0)
    if (every !== undefined && every < 1000) throw usage(`--every takes a time of a second or more, such as "1h", got "${given}"`, 'run')
    if (every === undefined) return once(call)
    return repeatedly(call, every)
  },
}

/** All that is asked for, in turn. */
async function once(call: Call): Promise<number> {
  const given = text(call.options, 'watch')
  const { process: host } = call.platform
  await using project = await open(call, given === undefined ? undefined : watchOptions(given, host.env('MILLRACE_WATCH_TOKEN')))
  const { platform, out, signal } = call
  const slice = sliceOptions(call.options)
  const after = names(call.options, 'then').map(pipeline => ({ pipeline }))
  // A misspelt name is told before the first one runs.
  for (const { pipeline } of after) await project.pipeline({ pipeline })
  for (const what of [{ ...slice, loadVersions: versions(names(call.options, 'load-versions')) }, ...after]) {
    if (signal.aborted) break
    const { state } = await project.run({
      ...what,
      signal,
      onEvent: event => {
        const line = out.json ? runJson(event, new Date(platform.clock.now()).toISOString()) : runLine(event, out)
        if (line !== undefined) (out.json ? out.print : out.note)(line)
      },
    })
    if (state === 'failed') return EXIT.failed
  }
  return EXIT.ok
}

/** From start to start; never two at a time. A run that fails does not end it, a mistake that is told before anything starts does. */
async function repeatedly(call: Call, every: number): Promise<number> {
  const { clock } = call.platform
  let failed = false
  for (let next = clock.ticks(); !call.signal.aborted; ) {
    if ((await once(call)) !== EXIT.ok) failed = true
    next += every
    const missed = Math.max(0, Math.ceil((clock.ticks() - next) / every))
    if (missed > 0)
      call.out.note(call.out.paint.yellow(`warning: ${missed} start${missed === 1 ? '' : 's'} missed, because the run took longer`))
    next += missed * every
    if (!call.signal.aborted) await clock.sleep(next - clock.ticks(), call.signal).catch(() => undefined)
  }
  return failed ? EXIT.failed : EXIT.ok
}

/** `9090`, `0.0.0.0:9090`, `[::]:9090`. */
function watchOptions(given: string, token: string | undefined): NonNullable<ProjectOptions['watch']> {
  const { v6, name, port } = /^(?:(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):)?(?<port>\d{1,5})$/.exec(given)?.groups ?? {}
  const host = v6 ?? name
  if (port === undefined) throw usage(`--watch takes a port, or a host and a port such as "0.0.0.0:9090", got "${given}"`, 'run')
  return { port: Number(port), ...(host && { host }), ...(token && { token }) }
}

/** The project that a command works in. */
export const open = ({ options, platform, out }: Call, watch?: ProjectOptions['watch']): Promise<Project> =>
  Project.open({
    ...projectOptions(options),
    ...(watch !== undefined && { watch }),
    platform,
    onWarning: text => out.note(out.paint.yellow(text)),
  })
