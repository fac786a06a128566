/** `node examples/warehouse/main.ts LAKE URL`: brings new files of a lake folder into the star. User and password: PGUSER, PGPASSWORD. */
import { Session } from '../../src/index.ts'
import { runProgram, UsageError } from '../command-line.ts'
import { loadWarehouse } from './load.ts'

await runProgram(async () => {
  const [lake, url] = process.argv.slice(2)
  if (lake === undefined || url === undefined)
    throw new UsageError('usage: node examples/warehouse/main.ts LAKE jdbc:postgresql://HOST:PORT/DATABASE')
  const session = await Session.open()
  try {
    const { PGUSER: user = 'postgres', PGPASSWORD: password = '' } = process.env
    const { files, changed } = await loadWarehouse(session, { lake, url, user, password })
    console.log(files === 0 ? 'nothing new' : `${files} files, ${changed} rows added or changed`)
    return 0
  } finally {
    await session.close()
  }
})
