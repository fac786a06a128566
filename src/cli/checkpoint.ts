import { resolve } from 'node:path'
import { type CheckpointReport, Session } from '../api/index.ts'
import { isMillraceError } from '../errors/index.ts'
import { Project } from '../project/index.ts'
import { projectOptions, usage } from './arguments.ts'
import { type Call, type Command, EXIT, IN_PROJECT } from './command.ts'
import { listing } from './output.ts'

const WHAT = { name: 'WHAT', describe: 'A directory or URI, or the name of a data set of the project.', required: true } as const

const show: Command = {
  name: 'checkpoint show',
  summary: 'Shows where a query is: batches, offsets, watermark, state.',
  arguments: [WHAT],
  options: IN_PROJECT,
  examples: ['millrace checkpoint show processed.sensor', 'millrace checkpoint show data/04_checkpoint/processed_sensor --json'],
  run: call => withCheckpoint(call, async ({ report }) => print(call, report)),
}

const verify: Command = {
  name: 'checkpoint verify',
  summary: 'Reads every entry of a checkpoint’s logs; ends with 1 where something is wrong.',
  arguments: [WHAT],
  options: IN_PROJECT,
  examples: ['millrace checkpoint verify processed.sensor'],
  run: call =>
    withCheckpoint(call, async ({ report: { location, problems, offsets, commits } }) => {
      const { out } = call
      const counts = `${lengthOf(offsets)} planned and ${lengthOf(commits)} committed batches on record`
      if (out.json) out.print(JSON.stringify({ location, problems }))
      else
        for (const line of problems.length === 0 ? [`${location}: sound, ${counts}`] : problems)
          out.print(problems.length === 0 ? line : out.paint.red(line))
      return problems.length > 0 ? EXIT.failed : EXIT.ok
    }),
}
const lengthOf = (ids: readonly [number, number] | undefined): number => (ids ? ids[1] - ids[0] + 1 : 0)

const reset: Command = {
  name: 'checkpoint reset',
  summary: 'Takes a checkpoint away, so that the query begins anew; without --yes it only tells what would be read again.',
  arguments: [WHAT],
  options: { ...IN_PROJECT, yes: { type: 'boolean', short: 'y', describe: 'Does it.' } },
  examples: ['millrace checkpoint reset processed.sensor', 'millrace checkpoint reset processed.sensor --yes'],
  run: call =>
    withCheckpoint(call, async ({ report, remove }) => {
      const { out } = call
      const yes = call.options['yes'] === true
      if (yes) await remove()
      if (out.json) out.print(JSON.stringify({ ...report, removed: yes }))
      else for (const line of consequences(report, yes)) out.print(line)
      return EXIT.ok
    }),
}

function consequences({ location, committed, planned, stateful }: CheckpointReport, done: boolean): readonly string[] {
  const batches = (committed?.batchId ?? -1) + 1
  return [
    `${done ? 'removed' : 'would remove'} ${location}`,
    batches === 0 && !planned
      ? '  no batch is done'
      : `  ${batches} batches are forgotten: what they read is read again, from where the source begins (startingOffsets, all files)`,
    ...(batches > 0
      ? ['  what they wrote stays where it is, and is written once more: empty the sink too, or expect rows twice (a file sink refuses)']
      : []),
    ...(stateful.length > 0 ? [`  the state is lost: ${stateful.join(', ')}`] : []),
    ...(done ? [] : ['  nothing was changed; --yes does it']),
  ]
}

function print({ out }: Call, report: CheckpointReport): number {
  out.print(out.json ? JSON.stringify(report) : listing(report))
  return EXIT.ok
}

type Checkpoint = Awaited<ReturnType<Session['checkpoint']>>

/** Opens what is named: in a project with its session's settings, else by itself. */
async function withCheckpoint(call: Call, use: (checkpoint: Checkpoint) => Promise<number>): Promise<number> {
  const what = call.arguments[0]!
  const project = await Project.open({ ...projectOptions(call.options), platform: call.platform }).catch(error => {
    if (isMillraceError(error, 'PROJECT_NOT_FOUND')) return undefined
    throw error
  })
  const location = (await project?.catalog.entry(what))?.checkpoint
  if (project?.catalog.has(what) && location === undefined) throw usage(`"${what}" has no checkpoint of its own`, call.arguments.join(' '))
  const session = await (project ? project.context.session() : Session.open())
  try {
    const path = location ?? (/^[a-z][a-z0-9+.-]+:/i.test(what) ? what : resolve(call.platform.process.cwd, what))
    return await use(await session.checkpoint(path))
  } finally {
    await session.close()
  }
}

export const checkpoint: readonly Command[] = [show, verify, reset]
