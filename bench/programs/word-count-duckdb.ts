import { DuckDBInstance } from '@duckdb/node-api'
import { report } from './report.ts'

const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
const started = performance.now()
await connection.run(`
  CREATE TABLE counts AS
  SELECT word, count(*) AS n
  FROM (SELECT unnest(string_split(lower(line), ' ')) AS word
        FROM read_csv('${process.argv[2]}/*.txt', columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, auto_detect = false))
  WHERE word <> '' GROUP BY word`)
report({ ms: performance.now() - started })
