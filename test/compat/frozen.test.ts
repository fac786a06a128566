import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROGRAMS } from './0.1/programs.ts'
import { land, run, transplant } from './frozen.ts'

it.each(Object.entries(PROGRAMS))('goes on from a checkpoint of version 0.1: %s', async (name, program) => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-compat-'))
  try {
    transplant(join(import.meta.dirname, '0.1', name.replaceAll(/\W+/g, '-')), home, 'thaw')
    land(home, `${program.before.length}.csv`, program.after)
    expect(await run(program, home)).toEqual([...program.expected].sort())
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
