import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { s3Service } from '../../scripts/services/s3.ts'
import { stopProcess } from '../../scripts/services/server-process.ts'
import { type DataFrame, Session } from '../../src/index.ts'
import { memory } from '../../src/testing/index.ts'
import { storeProxy } from '../../test/support/services/store-proxy.ts'
import { quantile } from '../figure.ts'
import { report } from './report.ts'

const [kind, count] = [process.argv[2], Number(process.argv[3] ?? 460)]
const dir = mkdtempSync(join(tmpdir(), 'millrace-store-bench-'))
const server = await s3Service.start({ dir, shortLived: true })
const { endpoint, region, accessKey, secretKey } = server.addresses
const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
await new S3Client({ endpoint, region, credentials, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'lake' }))
const proxy = await storeProxy(endpoint)
const session = await Session.open({
  conf: {
    'fs.s3a.endpoint': proxy.endpoint,
    'fs.s3a.endpoint.region': region,
    'fs.s3a.access.key': accessKey,
    'fs.s3a.secret.key': secretKey,
  },
})
const rows = memory(session, 'k string, v int')
const frame: DataFrame<any, any> = kind === 'stateful' ? rows.df.groupBy('k').count() : rows.df.where('v >= 0')
const writer = frame.writeStream.outputMode(kind === 'stateful' ? 'update' : 'append').option('checkpointLocation', 's3://lake/chk')
const query = await (kind === 'files' ? writer.format('parquet').start('s3://lake/out') : writer.format('noop').start())
const times: number[] = []
for (let i = 0; i <= count; i++) {
  const at = performance.now()
  rows.add(Array.from({ length: 10 }, (_, r) => ({ k: `k${r}`, v: r })))
  await query.processAllAvailable()
  times.push(performance.now() - at)
  // the first batch is still of the start
  if (i === 0) proxy.clear()
}
const traffic = Object.entries(proxy.traffic())
await query.stop()
await session.close()
await proxy[Symbol.asyncDispose]()
await stopProcess(server.process)
rmSync(dir, { recursive: true })
const sum = (of: 'calls' | 'bytes' | 'errors'): number => traffic.reduce((n, [, t]) => n + t[of], 0)
report({
  perBatch: sum('calls') / count,
  bytesPerBatch: sum('bytes') / count,
  errors: sum('errors'),
  p50: quantile(times.slice(1), 0.5),
  ...Object.fromEntries(traffic.map(([operation, { calls }]) => [`calls ${operation}`, calls / count])),
})
