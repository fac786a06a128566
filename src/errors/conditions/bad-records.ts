import { conditions } from '../condition.ts'

/** Conditions of dead letters: the option `badRecords` of a stream's source. */
export const badRecords = conditions({
  BAD_RECORDS_NOWHERE: {
    domain: 'user',
    message: (p: { format: string }) => `badRecords of the source "${p.format}" says neither path nor topic`,
    hint: () => "Give option('badRecords', { format: 'json', path: 'dir' }) or option('badRecords', { format: 'kafka', topic: 'name' }).",
  },
  BAD_RECORDS_BESIDE_DATA: {
    domain: 'user',
    message: (p: { path: string }) => `badRecords would be written where the query itself reads or writes: ${p.path}`,
    hint: () => 'Give badRecords a path or topic of its own: its rows have other columns.',
  },
  TOO_MANY_BAD_RECORDS: {
    domain: 'user',
    message: (p: { source: string; batchId: number; count: number; all: boolean; first: string }) =>
      `${p.all ? `each of the ${p.count}` : `more than ${p.count}`} records of ${p.source} in batch ${p.batchId} ${p.all ? 'is' : 'are'} bad, the first one because ${p.first}`,
    hint: (p: { all: boolean }) =>
      p.all
        ? 'That looks like a program or schema that does not fit the data: mend it and start again, nothing of the batch was written. If it is the data, set badRecords.maxPerBatch.'
        : 'Nothing of the batch was written. Mend the program or schema, or let more through with badRecords.maxPerBatch.',
  },
})
