import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installed } from '../scripts/services/install.ts'
import { copyJars } from '../scripts/services/java.ts'
import { pythonWith } from '../scripts/services/python.ts'
import { type Report, runProgram } from './process.ts'
import { RIDE_AVRO, RIDE_COLUMNS, RIDE_TEXTS } from './rides.ts'

/** The last version all of whose Kafka and Avro jars are on Maven Central. */
const VERSION = '4.0.0'
const ALONE = { without: ['*:*'] }
const JARS = [
  ...['spark-sql-kafka-0-10', 'spark-token-provider-kafka-0-10', 'spark-avro'].map(name => `org.apache.spark:${name}_2.13:${VERSION}`),
  'org.apache.kafka:kafka-clients:3.9.0',
  'org.apache.commons:commons-pool2:2.12.0',
].map(name => ({ name, ...ALONE }))

/** The work of `anchors/spark-kafka.py` in Spark with its Kafka and Avro jars, which are put into the services' cache when first asked for. */
export async function sparkWithKafka(...args: string[]): Promise<Report> {
  const { program, env } = await pythonWith([`pyspark==${VERSION}`])
  const folder = await installed(`spark-kafka-${VERSION}`, directory => copyJars(JARS, directory))
  const libs = join(folder, 'libs')
  const jars = readdirSync(libs).map(name => join(libs, name))
  return runProgram(program, [join(import.meta.dirname, 'anchors', 'spark-kafka.py'), ...args], {
    ...env,
    SPARK_LOCAL_IP: '127.0.0.1',
    BENCH_JARS: jars.join(','),
    BENCH_RIDES: JSON.stringify({ texts: RIDE_TEXTS, columns: RIDE_COLUMNS, avro: RIDE_AVRO }),
  })
}
