import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '../../src/index.ts'
import { report } from './report.ts'

const dir = mkdtempSync(join(tmpdir(), 'millrace-cold-'))
writeFileSync(join(dir, 'rows.csv'), Array.from({ length: 10 }, (_, i) => `${i},name ${i}\n`).join(''))
const session = await Session.open()
const query = await session.readStream
  .schema('id int, name string')
  .csv(dir)
  .where('id > 2')
  .writeStream.option('checkpointLocation', join(dir, '.checkpoint'))
  .foreachBatch(async batch => {
    const rows = await batch.collect()
    console.log(`first-result ${rows.length}`)
  })
  .start()
await query.processAllAvailable()
await query.stop()
await session.close()
rmSync(dir, { recursive: true })
report({})
