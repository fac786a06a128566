import { didYouMean } from '../errors/index.ts'
import type { RunRecord } from '../project/index.ts'
import { usage } from './arguments.ts'
import { type Command, EXIT, IN_PROJECT } from './command.ts'
import { listing, table } from './output.ts'
import { open } from './run.ts'

const ROWS = 20

const list: Command = {
  name: 'runs list',
  summary: 'Lists the runs of the project, the newest first.',
  about: `A run whose process died without a word is "lost". Without --all, the last ${ROWS}.`,
  options: { ...IN_PROJECT, all: { type: 'boolean', describe: 'Lists all of them.' } },
  examples: ['millrace runs list', 'millrace runs list --json'],
  run: async call => {
    await using project = await open(call)
    const runs = await project.runs()
    const shown = call.options['all'] === true || call.out.json ? runs : runs.slice(0, ROWS)
    if (call.out.json) call.out.print(JSON.stringify(shown))
    else if (shown.length === 0) call.out.note('no run yet')
    else call.out.print(table(['run', 'pipeline', 'environment', 'state', 'batches', 'restarts', 'last error'], shown.map(row)))
    return EXIT.ok
  },
}

const row = ({ runId, pipeline, env, state, streams, error }: RunRecord): readonly string[] => {
  const all = Object.values(streams)
  const sum = (of: (s: (typeof all)[number]) => number): string => (all.length === 0 ? '' : String(all.reduce((n, s) => n + of(s), 0)))
  return [
    runId,
    pipeline,
    env,
    state,
    sum(s => s.batches),
    sum(s => s.restarts),
    error ?? all.find(s => s.reason && s.state === 'failed')?.reason ?? '',
  ]
}

const show: Command = {
  name: 'runs show',
  summary: 'Shows one run: parameters, nodes, streams, restarts, the last error.',
  arguments: [{ name: 'RUN', describe: 'Its id, or the beginning of it; the last one otherwise.' }],
  options: IN_PROJECT,
  examples: ['millrace runs show', 'millrace runs show 2026-11-21T18'],
  run: async call => {
    await using project = await open(call)
    const runs = await project.runs()
    const wanted = call.arguments[0] ?? ''
    const found = runs.find(r => r.runId.startsWith(wanted))
    if (!found)
      throw usage(
        runs.length === 0
          ? 'no run yet'
          : `there is no run "${wanted}"${didYouMean(
              wanted,
              runs.map(r => r.runId),
            )}`,
        'runs show',
      )
    call.out.print(call.out.json ? JSON.stringify(found) : listing(found))
    return EXIT.ok
  },
}

export const runs: readonly Command[] = [list, show]
