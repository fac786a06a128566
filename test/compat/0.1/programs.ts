import { col, count, type DataFrame, type Session, schema, sum, window } from '../../../src/index.ts'

/** A program of version 0.1: what it reads, what it ran before its checkpoint was frozen, and what it must say when it goes on. */
export interface Frozen {
  readonly mode: 'append' | 'update' | 'complete'
  readonly frame: (rides: ReturnType<typeof readRides>) => DataFrame<any, any>
  /** With a format the rows go to files in `out/`; else each batch is collected. */
  readonly format?: 'csv'
  /** One file each, a batch each; the last batch was never committed. */
  readonly before: readonly string[]
  readonly after: string
  /** Rows of the batches that run after the restart, as JSON, sorted; of a file sink all rows of the directory. */
  readonly expected: readonly string[]
}

const Ride = schema({ TS: 'timestamp', STATION: 'string', ENTRIES: 'int' })
export const readRides = (session: Session, directory: string) =>
  session.readStream.format('csv').schema(Ride).option('maxFilesPerTrigger', 1).load(directory)

export const PROGRAMS: Readonly<Record<string, Frozen>> = {
  'files in, rows out': {
    mode: 'append',
    frame: rides => rides.where('ENTRIES > 0').select('STATION', col('ENTRIES').times(2).as('twice')),
    before: ['2026-01-01T08:00:00Z,A,1\n2026-01-01T08:00:00Z,B,0\n', '2026-01-01T08:01:00Z,C,3\n'],
    after: '2026-01-01T08:02:00Z,D,4\n',
    expected: ['{"STATION":"C","twice":6}', '{"STATION":"D","twice":8}'],
  },
  'sums of windows, appended': {
    mode: 'append',
    frame: rides =>
      rides
        .withWatermark('TS', '5 minutes')
        .groupBy(window('TS', '10 minutes'), 'STATION')
        .agg({ riders: sum('ENTRIES'), n: count() })
        .select('window.start', 'STATION', 'riders', 'n'),
    before: [
      '2026-01-01T08:01:00Z,A,1\n2026-01-01T08:02:00Z,A,2\n2026-01-01T08:03:00Z,B,5\n',
      '2026-01-01T08:09:00Z,A,4\n2026-01-01T08:12:00Z,A,8\n',
    ],
    after: '2026-01-01T08:31:00Z,C,1\n',
    expected: [
      '{"start":"2026-01-01T08:00:00.000Z","STATION":"A","riders":"7","n":"3"}',
      '{"start":"2026-01-01T08:00:00.000Z","STATION":"B","riders":"5","n":"1"}',
      '{"start":"2026-01-01T08:10:00.000Z","STATION":"A","riders":"8","n":"1"}',
    ],
  },
  'each station once': {
    mode: 'append',
    frame: rides => rides.dropDuplicates('STATION').select('STATION', 'ENTRIES'),
    before: ['2026-01-01T08:00:00Z,A,1\n', '2026-01-01T08:01:00Z,A,2\n2026-01-01T08:01:00Z,B,3\n'],
    after: '2026-01-01T08:02:00Z,A,4\n2026-01-01T08:02:00Z,B,5\n2026-01-01T08:02:00Z,C,6\n',
    expected: ['{"STATION":"B","ENTRIES":3}', '{"STATION":"C","ENTRIES":6}'],
  },
  'counts, complete': {
    mode: 'complete',
    frame: rides => rides.groupBy('STATION').count(),
    before: ['2026-01-01T08:00:00Z,A,1\n', '2026-01-01T08:01:00Z,A,2\n2026-01-01T08:01:00Z,B,3\n'],
    after: '2026-01-01T08:02:00Z,B,5\n',
    expected: ['{"STATION":"A","count":"2"}', '{"STATION":"A","count":"2"}', '{"STATION":"B","count":"1"}', '{"STATION":"B","count":"2"}'],
  },
  'files in, files out': {
    mode: 'append',
    format: 'csv',
    frame: rides => rides.select('STATION', 'ENTRIES'),
    before: ['2026-01-01T08:00:00Z,A,1\n', '2026-01-01T08:01:00Z,B,2\n'],
    after: '2026-01-01T08:02:00Z,C,3\n',
    expected: ['{"STATION":"A","ENTRIES":1}', '{"STATION":"B","ENTRIES":2}', '{"STATION":"C","ENTRIES":3}'],
  },
}
