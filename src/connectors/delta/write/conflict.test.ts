import { describe, expect, test } from 'vitest'
import type { Action, AddFile } from '../log/actions.ts'
import { type Intent, judge } from './conflict.ts'

const add = (path: string, dataChange = true): Action => ({ add: { path, partitionValues: {}, size: 1, modificationTime: 0, dataChange } })
const remove = (path: string): Action => ({ remove: { path, dataChange: true } })
const blindly: Action = { commitInfo: { isBlindAppend: true } }
const theirs = (...actions: Action[]) => ({ version: 7, timestamp: 0, actions })
const appending: Intent = { operation: 'WRITE', blind: true, actions: [add('mine')] }
const rewriting: Intent = {
  operation: 'MERGE',
  blind: false,
  actions: [remove('old'), add('mine')],
  read: new Set(['old', 'looked-at']),
  wouldRead: (file: AddFile) => file.path.startsWith('in-range'),
}

describe('what came first', () => {
  test.each([
    ['rows were appended', appending, theirs(blindly, add('theirs')), 'none'],
    ['rows were deleted', appending, theirs(remove('other')), 'none'],
    ['the schema changed', appending, theirs({ metaData: {} as never }), 'redo'],
    ['the protocol changed', appending, theirs({ protocol: {} as never }), 'redo'],
    ['rows were appended elsewhere', rewriting, theirs(add('elsewhere')), 'none'],
    ['rows were appended blindly where it looked', rewriting, theirs(blindly, add('in-range')), 'none'],
    ['rows were written where it looked', rewriting, theirs(add('in-range')), 'redo'],
    ['files were put together where it looked', rewriting, theirs(add('in-range', false)), 'none'],
    ['a file it read is gone', rewriting, theirs(remove('looked-at')), 'redo'],
    ['a file it removes is gone', rewriting, theirs(remove('old')), 'redo'],
    ['a file it never saw is gone', rewriting, theirs(remove('other')), 'none'],
  ])('%s', (_, ours, commit, verdict) => expect(judge(ours, commit, false).is).toBe(verdict))

  test('in a Serializable table appended rows count as well', () => {
    expect(judge(rewriting, theirs(blindly, add('in-range')), true).is).toBe('redo')
  })

  test('the same batch by another run is done; an older one of it is not', () => {
    const ours: Intent = { ...appending, actions: [{ txn: { appId: 'q', version: 4 } }, add('mine')] }
    expect(judge(ours, theirs({ txn: { appId: 'q', version: 4 } }), false).is).toBe('done')
    expect(judge(ours, theirs({ txn: { appId: 'q', version: 3 } }), false).is).toBe('redo')
    expect(judge(ours, theirs({ txn: { appId: 'other', version: 9 } }), false).is).toBe('none')
  })
})
