import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Session, type StreamingQuery } from '../../src/index.ts'
import { runProgram, UsageError } from '../command-line.ts'
import { type Arguments, HELP, readArguments } from './arguments.ts'
import { generateWeek } from './generate.ts'
import { readTotals } from './lake.ts'
import { layOut, type Slot } from './messages.ts'
import { busiest, messageFiles, perWindow, readings } from './pipeline.ts'
import { provide, sent } from './provider.ts'
import { Screen } from './screen.ts'
import { balances, printSummary, type Summary } from './summary.ts'
import { readWeeklyFile } from './weekly-file.ts'

const SLOT_SECONDS = 3600
const SEED = 20231230

/** Every path of a run, below one directory. */
const pathsIn = (dir: string) => {
  const own = join(dir, '.turnstiles')
  return {
    lake: join(dir, 'lake'),
    own,
    run: join(own, 'run.json'),
    incoming: join(own, 'incoming'),
    ledger: join(own, 'ledger'),
    late: join(own, 'late'),
    duplicates: join(own, 'duplicates'),
    checkpoint: join(own, 'checkpoint'),
  }
}
type Paths = ReturnType<typeof pathsIn>

/** A checkpoint belongs to one replay: going on with another file or other windows would mix two weeks. */
async function claim(paths: Paths, args: Arguments): Promise<void> {
  if (args.fresh) for (const path of [paths.lake, paths.own]) await rm(path, { recursive: true, force: true })
  await mkdir(paths.own, { recursive: true })
  await mkdir(paths.lake, { recursive: true })
  const { data, durationSeconds, slideSeconds, watermarkSeconds, duplicates, late } = args
  const mine = JSON.stringify({
    data: data === undefined ? `generated from seed ${SEED}` : resolve(data),
    durationSeconds,
    slideSeconds,
    watermarkSeconds,
    duplicates,
    late,
  })
  const before = await readFile(paths.run, 'utf8').catch(() => undefined)
  if (before !== undefined && before !== mine)
    throw new UsageError(
      `an earlier run in ${resolve(args.dir)} replayed something else:\n  then: ${before}\n  now:  ${mine}\nGive --fresh to start over, or --dir for a place of its own.`,
    )
  // Whole or not at all: a run that is killed here leaves no half of it.
  await writeFile(`${paths.run}.new`, mine)
  await rename(`${paths.run}.new`, paths.run)
}

async function loadWeek(args: Arguments): Promise<Slot[]> {
  const week = args.data === undefined ? generateWeek(SEED) : await readWeeklyFile(args.data)
  return layOut(week, {
    slotSeconds: SLOT_SECONDS,
    windowSeconds: args.durationSeconds,
    watermarkSeconds: args.watermarkSeconds,
    duplicates: args.duplicates,
    late: args.late,
    end: args.exitAtEnd,
  })
}

async function startQueries(session: Session, paths: Paths, args: Arguments, screen: Screen): Promise<StreamingQuery[]> {
  const options = {
    duration: `${args.durationSeconds} seconds`,
    slide: `${args.slideSeconds} seconds`,
    watermark: `${args.watermarkSeconds} seconds`,
  }
  const stream = readings(messageFiles(session, paths.incoming), options)
  const lake = await perWindow(stream, options)
    .writeStream.queryName('lake')
    .outputMode('append')
    .option('checkpointLocation', join(paths.checkpoint, 'lake'))
    .foreachBatch(async (batch, batchId, { late, duplicates }) => {
      // The name comes from the batch id alone: a batch that runs again replaces its own files.
      const name = `batch_${batchId}.csv.gz`
      if (late && !(await late.isEmpty())) await late.writeFile(join(paths.late, name), { header: true })
      if (duplicates && !(await duplicates.isEmpty())) await duplicates.writeFile(join(paths.duplicates, name), { header: true })
      if (!(await batch.isEmpty())) await batch.writeFile(join(paths.lake, name), { header: true })
    })
    .start()
  const top = await busiest(stream)
    .writeStream.queryName('busiest')
    .outputMode('complete')
    .option('checkpointLocation', join(paths.checkpoint, 'busiest'))
    .foreachBatch(async batch => screen.table(await batch.showString(10)))
    .start()
  return [lake, top]
}

function watch(session: Session, screen: Screen): void {
  session.streams.addListener({
    onQueryProgress: ({ progress: p }) => {
      if (p.name !== 'lake' || p.numInputRows === 0) return
      const state = p.stateOperators.reduce((n, o) => n + o.numRowsTotal, 0)
      const rate = Math.round(p.processedRowsPerSecond ?? 0).toLocaleString('en-US')
      screen.line(
        `batch ${String(p.batchId).padStart(4)} │ ${String(p.numInputRows).padStart(6)} rows │ ${rate.padStart(9)} rows/s │ watermark ${(p.eventTime?.watermark ?? '').slice(0, 16).replace('T', ' ')} │ state ${state.toLocaleString('en-US')} rows`,
      )
    },
  })
}

async function summarize(paths: Paths): Promise<Summary> {
  const { files: _, ...late } = await readTotals(paths.late)
  const { files: __, ...duplicates } = await readTotals(paths.duplicates)
  return { sent: await sent(paths.incoming, paths.ledger), written: await readTotals(paths.lake), late, duplicates }
}

async function run(args: Arguments): Promise<number> {
  const paths = pathsIn(args.dir)
  const slots = await loadWeek(args)
  await claim(paths, args)
  await mkdir(paths.incoming, { recursive: true })
  const screen = new Screen(process.stdout)
  const rows = slots.reduce((n, s) => n + s.totals.rows, 0)
  screen.line(
    `${rows.toLocaleString('en-US')} messages in ${slots.length} files; riders per ${args.durationSeconds / 60} minutes go to ${paths.lake}. Ctrl-C stops; npm start goes on.`,
  )

  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      screen.line('stopping …')
      interrupted.abort()
    })
  // One file a batch and no batch without a file: batch ids, watermarks and late rows are the same in every run, at any speed.
  const session = await Session.open({
    appName: 'turnstiles',
    conf: { 'spark.sql.session.timeZone': 'UTC', 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' },
  })
  try {
    watch(session, screen)
    const queries = await startQueries(session, paths, args, screen)
    const provided = provide(slots, {
      incoming: paths.incoming,
      ledger: paths.ledger,
      speed: args.speed,
      slotSeconds: SLOT_SECONDS,
      signal: interrupted.signal,
    })
    const stopped = new Promise<'stopped'>(done => interrupted.signal.addEventListener('abort', () => done('stopped')))
    const ended = provided.then(
      async () => void (args.exitAtEnd ? await Promise.all(queries.map(q => q.processAllAvailable())) : await stopped),
    )
    await Promise.race([ended, stopped, session.streams.awaitAnyTermination()])
    for (const query of queries) await query.stop()
    await provided
  } finally {
    await session.close()
  }
  screen.end()
  const summary = await summarize(paths)
  const closed = args.exitAtEnd && !interrupted.signal.aborted
  const sliding = args.slideSeconds !== args.durationSeconds
  console.log(args.json ? JSON.stringify(summary) : `\n${printSummary(summary, { sliding, closed })}`)
  return closed && !sliding && !balances(summary) ? 1 : 0
}

await runProgram(async () => {
  const args = readArguments(process.argv.slice(2))
  if (args) return run(args)
  console.log(HELP)
  return 0
})
