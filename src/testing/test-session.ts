import { Session, type SessionOptions, useWiring } from '../api/index.ts'
import { nodePlatform, type Platform } from '../platform/index.ts'
import { type Replaced, wires } from '../wiring.ts'
import { type Failpoints, failpoints } from './failpoints.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

/** A session on a platform a test holds in its hand: the clock stands still, and every file call is a failpoint. Log entries are not fsynced: a killed process loses nothing by that. */
export interface TestSession {
  readonly session: Session
  readonly clock: ManualClock
  readonly points: Failpoints
  /** What was said to the person on standard error: warnings, one text each. */
  readonly said: readonly string[]
  /** Where the stories told on this session keep their checkpoints. */
  readonly directory: string
  close(): Promise<void>
}

export async function openTestSession(options: SessionOptions = {}): Promise<TestSession> {
  const directory = await nodePlatform.files.tempDir('millrace-test-')
  const clock = manualClock()
  const points = failpoints()
  const platform: Platform = points.platform({ ...nodePlatform, clock })
  const said: string[] = []
  const session = await onPlatform({ platform, printError: text => void said.push(text) }, () =>
    Session.open({ ...options, conf: { 'millrace.checkpoint.sync': 'false', ...options.conf } }),
  )
  return {
    session,
    clock,
    points,
    said,
    directory,
    close: async () => {
      points.revive()
      await session.close()
      await nodePlatform.files.removeTree(directory)
    },
  }
}

/** `open` asks for its wiring before it first waits, so other sessions opened meanwhile keep theirs. */
function onPlatform<T>(replaced: Replaced, open: () => Promise<T>): Promise<T> {
  useWiring(wires(replaced))
  try {
    return open()
  } finally {
    useWiring(wires())
  }
}
