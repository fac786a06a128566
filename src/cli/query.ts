import { didYouMean } from '../errors/index.ts'
import type { Project, RunRecord } from '../project/index.ts'
import { usage } from './arguments.ts'
import { type Call, type Command, EXIT, IN_PROJECT } from './command.ts'
import { listing, table } from './output.ts'
import { open } from './run.ts'

const NAME = { name: 'NAME', describe: 'The name of the stream: that of the data set it writes.', required: true } as const

interface Running {
  readonly run: RunRecord
  readonly stream: RunRecord['streams'][string]
}

/** Streams of runs whose process lives. */
async function runningStreams(project: Project): Promise<readonly Running[]> {
  const runs = (await project.runs()).filter(r => r.state === 'running')
  return runs.flatMap(run => Object.values(run.streams).map(stream => ({ run, stream })))
}

async function find(project: Project, { arguments: [name] }: Call): Promise<Running> {
  const all = await runningStreams(project)
  const found = all.find(r => r.stream.query === name && r.stream.state === 'running') ?? all.find(r => r.stream.query === name)
  if (found) return found
  const names = all.map(r => r.stream.query)
  throw usage(names.length === 0 ? 'no stream of this project runs' : `no stream "${name}" runs${didYouMean(name!, names)}`, 'query list')
}

const list: Command = {
  name: 'query list',
  summary: 'Lists the streams of the project that run now, in whatever process.',
  options: IN_PROJECT,
  examples: ['millrace query list'],
  run: async call => {
    await using project = await open(call)
    const all = await runningStreams(project)
    if (call.out.json) call.out.print(JSON.stringify(all.map(({ run, stream }) => ({ runId: run.runId, ...stream }))))
    else if (all.length === 0) call.out.note('no stream of this project runs')
    else
      call.out.print(
        table(
          ['stream', 'state', 'batches', 'rows', 'restarts', 'last batch', 'run'],
          all.map(({ run, stream: s }) => [
            s.query,
            s.state,
            String(s.batches),
            String(s.rows),
            String(s.restarts),
            s.lastBatch ?? '',
            run.runId,
          ]),
        ),
      )
    return EXIT.ok
  },
}

const status: Command = {
  name: 'query status',
  summary: 'Shows how a running stream stands.',
  arguments: [NAME],
  options: IN_PROJECT,
  examples: ['millrace query status processed.sensor'],
  run: async call => {
    await using project = await open(call)
    const { run, stream } = await find(project, call)
    const { lastProgress: _, ...facts } = stream
    const all = { ...facts, runId: run.runId, process: `${run.process.pid} on ${run.process.host}` }
    call.out.print(call.out.json ? JSON.stringify(all) : listing(all))
    return EXIT.ok
  },
}

const progress: Command = {
  name: 'query progress',
  summary: 'Prints the progress record of the last batch of a running stream, as Spark prints it; it is at most two seconds old.',
  arguments: [NAME],
  options: IN_PROJECT,
  examples: ['millrace query progress processed.sensor | jq .sources'],
  run: async call => {
    await using project = await open(call)
    const { stream } = await find(project, call)
    if (stream.lastProgress) call.out.print(JSON.stringify(stream.lastProgress, null, call.out.json ? 0 : 2))
    else call.out.note(`${stream.query}: no batch yet`)
    return EXIT.ok
  },
}

/** How long a run may take to hear and to stop. */
const PATIENCE_MS = 30_000
const LOOK_MS = 200

const stop: Command = {
  name: 'query stop',
  summary: 'Stops one stream of a running project; the others go on. The next run goes on where it was.',
  arguments: [NAME],
  options: IN_PROJECT,
  examples: ['millrace query stop processed.sensor'],
  run: async call => {
    await using project = await open(call)
    const { run, stream } = await find(project, call)
    const { clock } = call.platform
    await project.stopStream(run.runId, stream.query)
    const until = clock.ticks() + PATIENCE_MS
    while (clock.ticks() < until && !call.signal.aborted) {
      const now = (await project.runs()).find(r => r.runId === run.runId)
      const state = now?.state === 'running' ? now.streams[stream.query]?.state : 'stopped'
      if (state !== 'running') {
        call.out.print(call.out.json ? JSON.stringify({ query: stream.query, state }) : `${state}: ${stream.query}`)
        return EXIT.ok
      }
      await clock.sleep(LOOK_MS)
    }
    call.out.note(`${stream.query} has not stopped within ${PATIENCE_MS / 1000} s`)
    return EXIT.failed
  },
}

export const query: readonly Command[] = [list, status, progress, stop]
