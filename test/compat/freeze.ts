/** `node test/compat/freeze.ts`: writes the checkpoints of this version that later ones must go on from. Run once a version; never over a released one. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROGRAMS } from './0.1/programs.ts'
import { land, run, transplant } from './frozen.ts'

for (const [name, program] of Object.entries(PROGRAMS)) {
  const home = mkdtempSync(join(tmpdir(), 'millrace-freeze-'))
  for (const [i, text] of program.before.entries()) land(home, `${i}.csv`, text)
  await run(program, home)
  // As if the process had been killed in its last batch, after everything but the commit.
  const last = Math.max(
    ...readdirSync(join(home, 'checkpoint', 'commits'))
      .filter(n => /^\d+$/.test(n))
      .map(Number),
  )
  rmSync(join(home, 'checkpoint', 'commits', String(last)))
  const frozen = join(import.meta.dirname, '0.1', name.replaceAll(/\W+/g, '-'))
  rmSync(frozen, { recursive: true, force: true })
  transplant(home, frozen, 'freeze')
  rmSync(home, { recursive: true })
  console.log(frozen)
}
