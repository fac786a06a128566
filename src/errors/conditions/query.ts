import { conditions } from '../condition.ts'

/** Conditions of running queries. */
export const query = conditions({
  STREAM_FAILED: {
    domain: 'user',
    message: (p: { id: string; runId: string; message: string }) =>
      `Query [id = ${p.id}, runId = ${p.runId}] terminated with exception: ${p.message}`,
    hint: () => 'See the cause. Fix it and start the query again: nothing is lost.',
    sparkClass: 'STREAM_FAILED',
  },
  QUERY_NAME_IN_USE: {
    domain: 'user',
    message: (p: { name: string }) => `a query named "${p.name}" is already active in this session`,
    hint: () => 'Stop it first, or choose another queryName.',
  },
  QUERY_ALREADY_ACTIVE: {
    domain: 'user',
    message: (p: { id: string; runId: string }) => `the query with id ${p.id} is already active (run ${p.runId})`,
    hint: () => 'Stop it first, or set spark.sql.streaming.stopActiveRunOnRestart to true.',
    sparkClass: 'CONCURRENT_QUERY',
  },
  CONTINUOUS_TRIGGER_NOT_SUPPORTED: {
    domain: 'user',
    message: (p: { interval: string }) =>
      `the trigger continuous("${p.interval}") is not supported: every batch is logged before its rows are seen outside`,
    hint: () => 'Use trigger({ processingTime: 0 }): batches follow each other as fast as they can, some milliseconds each.',
  },
  QUERY_STOPPED: {
    domain: 'user',
    message: (p: { id: string }) => `the query ${p.id} was stopped`,
    hint: () => 'This is the reason given to abort signals; nothing is wrong.',
  },
})
