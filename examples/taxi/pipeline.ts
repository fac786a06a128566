import { join } from 'node:path'
import { type DataFrame, fromAvro, type Session, type StreamingQuery, struct, toAvro } from '../../src/index.ts'
import type { Arguments } from './arguments.ts'
import { COLUMNS, TRIP, TRIP_AVRO } from './trips.ts'

/** As options of the Kafka source and sink. */
const clientOptions = ({ connection }: Arguments): Record<string, string> =>
  'configFile' in connection ? { configFile: connection.configFile } : { 'kafka.bootstrap.servers': connection.bootstrapServers }

const registryOf = ({ topic, registry }: Arguments) => (registry === undefined ? undefined : { subject: `${topic}-value`, registry })

/** A file of trips, some times over. */
export const readTrips = (session: Session, file: string, times = 1): DataFrame<any> =>
  session.read
    .format('csv')
    .schema(TRIP)
    .option('header', true)
    .load(...Array.from({ length: times }, () => file))

/** CSV rows as Avro messages: one struct of all columns each. */
export async function produceTrips(trips: DataFrame<any>, args: Arguments): Promise<void> {
  const registry = registryOf(args)
  await trips
    .select(toAvro(struct(...COLUMNS), registry ? { ...registry, autoRegister: true } : TRIP_AVRO).as('value'))
    .write.format('kafka')
    .mode('append')
    .options({ ...clientOptions(args), topic: args.topic, 'kafka.compression.type': 'lz4' })
    .save()
}

/** Avro messages as rows in Parquet files, each once, a batch a second. */
export async function consumeTrips(session: Session, args: Arguments): Promise<StreamingQuery> {
  return await session.readStream
    .format('kafka')
    .options({ ...clientOptions(args), subscribe: args.topic, startingOffsets: 'earliest' })
    .load()
    .select(fromAvro('value', registryOf(args) ?? TRIP_AVRO).as('data'))
    .select('data.*')
    .writeStream.format('parquet')
    .queryName('taxi')
    .outputMode('append')
    .trigger({ processingTime: '1 second' })
    .option('checkpointLocation', join(args.dir, 'checkpoint'))
    .start(join(args.dir, 'lake'))
}

/** Messages the topic holds now. */
export const countMessages = (session: Session, args: Arguments): Promise<number> =>
  session.read
    .format('kafka')
    .options({ ...clientOptions(args), subscribe: args.topic })
    .load()
    .count()
