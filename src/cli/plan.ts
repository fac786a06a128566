import type { PlannedWrite, RunPlan } from '../project/index.ts'
import { names, sliceOptions, versions } from './arguments.ts'
import { type Command, EXIT, IN_PROJECT, type Output, SLICE } from './command.ts'
import { open } from './run.ts'

/** `millrace plan`. */
export const plan: Command = {
  name: 'plan',
  summary: 'Shows what a run would do: the graph, what each query delivers, what happens to checkpoints.',
  about:
    'Node functions are called, as a run would call them; no query is started and nothing is written. Ends with 1 where a run would be refused.',
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
  examples: ['millrace plan', 'millrace plan --env prod --json'],
  run: async call => {
    await using project = await open(call)
    const found = await project.plan({ ...sliceOptions(call.options), loadVersions: versions(names(call.options, 'load-versions')) })
    call.out.print(call.out.json ? planJson(found) : drawn(found, call.out, path => path.replace(`${project.root}/`, '')))
    return found.writes.some(isRefused) ? EXIT.failed : EXIT.ok
  },
}

const isRefused = ({ preview, problem }: PlannedWrite): boolean => problem?.refused === true || preview?.checkpoint.does === 'refuse'

const planJson = (found: RunPlan): string =>
  JSON.stringify(found, (_, value: unknown) => (value instanceof Error ? value.message : typeof value === 'bigint' ? String(value) : value))

function drawn(
  { pipeline, env, nodes, writes, inMemory, warnings }: RunPlan,
  { paint }: Output,
  relative: (path: string) => string,
): string {
  const streams = writes.filter(w => w.kind === 'stream').length
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  return [
    `${pipeline === '__default__' ? 'the default pipeline' : `pipeline ${pipeline}`}, environment ${env}: ${count(nodes.length, 'node')}, ${count(streams, 'stream')}`,
    ...warnings.map(w => paint.yellow(`warning: ${w}`)),
    ...writes.flatMap(w => ['', ...writeLines(w, paint, relative)]),
    ...(inMemory.length > 0 ? ['', `kept in memory alone: ${inMemory.join(', ')}`] : []),
  ].join('\n')
}

function writeLines(write: PlannedWrite, paint: Output['paint'], relative: (path: string) => string): readonly string[] {
  const { dataset, kind, format, nodes, inputs, after, preview, problem } = write
  const wait = kind === 'stream' && after.length > 0 ? `, after the first batch of ${after.join(', ')}` : ''
  const fused =
    nodes.length > 1
      ? [`  ${nodes.length} nodes are one ${kind === 'stream' ? 'query' : 'plan'}: what is between them is kept nowhere`]
      : []
  const lines = [
    `${paint.bold(`${kind} ${dataset}`)}${format ? ` (${format})` : ''}${wait}`,
    `  ${inputs.join(', ') || '(no input)'} ─▶ ${nodes.join(' + ')} ─▶ ${dataset}`,
    ...fused,
  ]
  if (problem) return [...lines, problem.refused ? paint.red(`  REFUSED: ${problem.text}`) : paint.dim(`  not known yet: ${problem.text}`)]
  return preview ? [...lines, ...previewLines(preview, paint, relative)] : lines
}

type Preview = NonNullable<PlannedWrite['preview']>

function previewLines(
  { delivery, stateful, checkpoint }: Preview,
  paint: Output['paint'],
  relative: (path: string) => string,
): readonly string[] {
  const { location, does, nextBatch, reruns, lastCommitted, changed, refusal } = checkpoint
  const where = location === undefined ? 'checkpoint: none that stays' : `checkpoint ${relative(location)}`
  const what = {
    'start-new': 'starts new',
    'go-on': reruns
      ? `runs batch ${nextBatch} again, which was not finished, and goes on`
      : `goes on with batch ${nextBatch} (the last one done is ${lastCommitted})`,
    refuse: `REFUSED: ${refusal?.message.split('\n')[0]?.replace(/^\[[^\]]*\] /, '') ?? ''}`,
  }[does]
  const line = `  ${where}: ${what}`
  return [
    ...delivery.map(d => `  ${d}`),
    ...(stateful.length > 0 ? [`  keeps state: ${stateful.join(', ')}`] : []),
    does === 'refuse' ? paint.red(line) : line,
    ...(refusal ? [paint.red(`  ${refusal.hint}`)] : []),
    ...(changed.length > 0 ? [`  changed since the last run: ${changed.join('; ')}`] : []),
  ]
}
