import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { s3Service } from '../../scripts/services/s3.ts'
import { send } from '../kafka/records.ts'
import { s3Bucket, s3Conf } from '../support/services/buckets.ts'
import { databaseName, fakesnow, sqlClient } from '../support/services/fakesnow.ts'
import { createTopic, topic } from '../support/services/kafka.ts'
import type { OwnBroker } from '../support/services/own-broker.ts'
import { type Database, database } from '../support/services/postgresql.ts'
import { shared } from '../support/services/shared.ts'
import { Feeder, PARTITIONS } from './input.ts'
import { Ledger } from './ledger.ts'
import { type End, Life } from './life.ts'
import type { Pipeline, Place, S3Place } from './pipelines.ts'
import type { LifeArguments } from './process.ts'

/** Longer than this nothing is waited for. */
const PATIENCE_MS = 90_000

const SNOWFLAKE_COLUMNS: Readonly<Record<string, string>> = {
  snowflake: '"partition" NUMBER, "offset" NUMBER, "ms" NUMBER, "user" VARCHAR, "n" NUMBER',
  'snowflake-sums': '"start" NUMBER, "user" VARCHAR, "count" NUMBER, "sum" NUMBER',
}
/** A table in a database of its own. */
async function snowflakeTable(sink: Pipeline['sink']): Promise<NonNullable<Place['snowflake']>> {
  const [sfDatabase, { url }] = [databaseName('CRASH'), await fakesnow()]
  await using client = await sqlClient(sfDatabase, url)
  await client.run(`CREATE TABLE CRASH_OUTPUT (${SNOWFLAKE_COLUMNS[sink]})`)
  return { sfURL: url, sfDatabase, dbtable: 'CRASH_OUTPUT' }
}

/** A bucket of its own, and where the server keeps it. */
async function s3Place(): Promise<S3Place> {
  const [bucket, { dir }] = [await s3Bucket(), await shared(s3Service)]
  return { bucket, conf: await s3Conf(), directory: join(dir, 'data', bucket) }
}

/** One pipeline with its topics, directories and broker, and the processes that run it one after the other. */
export class Stage {
  readonly pipeline: Pipeline
  readonly at: Place
  readonly broker: OwnBroker
  readonly feeder: Feeder
  readonly ledger: Ledger
  readonly #directory: string
  readonly #database: Database | undefined

  private constructor(
    pipeline: Pipeline,
    at: Place,
    broker: OwnBroker,
    random: () => number,
    directory: string,
    database: Database | undefined,
  ) {
    this.pipeline = pipeline
    this.at = at
    this.broker = broker
    this.#directory = directory
    this.#database = database
    this.ledger = new Ledger(at.s3 ? join(at.s3.directory, 'checkpoint') : at.checkpoint, at.input)
    this.feeder = new Feeder(random, records => send(at.input, records, at.bootstrap))
  }

  static async set(pipeline: Pipeline, broker: OwnBroker, random: () => number): Promise<Stage> {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
    const bootstrap = broker.addresses.plaintext
    const make = (name: string) => createTopic(topic(`${pipeline.name}-${name}`), { partitions: PARTITIONS }, bootstrap)
    const input = await make('in')
    const output = pipeline.sink === 'kafka' ? await make('out') : join(directory, 'output')
    const made = pipeline.sink.includes('postgresql') ? await database() : undefined
    const snowflake = pipeline.sink.includes('snowflake') ? { snowflake: await snowflakeTable(pipeline.sink) } : {}
    const s3 = pipeline.sink.includes('s3') ? await s3Place() : undefined
    const at = {
      bootstrap,
      input,
      output,
      checkpoint: join(directory, 'checkpoint'),
      ...(made && { database: made.options }),
      ...snowflake,
      ...(s3 && { s3, output: `s3://${s3.bucket}/output`, checkpoint: `s3://${s3.bucket}/checkpoint` }),
    }
    return new Stage(pipeline, at, broker, random, directory, made)
  }

  /** Another helping of input, unless the query is behind. */
  feed(): Promise<boolean> {
    this.ledger.look()
    return this.feeder.feed(this.ledger.ends)
  }

  /** A process that has been told to go. */
  async start(how: Pick<LifeArguments, 'crash' | 'unlocked'> = {}): Promise<Life> {
    const life = new Life({ pipeline: this.pipeline.name, at: this.at, ...how })
    await life.hears('loaded')
    life.tell('go')
    return life
  }

  /** Waits until a batch beyond `than` is logged; gives how the life ended if it did, or 'late'. */
  async newBatch(life: Life, than: number): Promise<End | 'late' | undefined> {
    const until = performance.now() + PATIENCE_MS
    while (this.ledger.look() <= than) {
      if (life.over) return life.over
      if (performance.now() > until) return 'late'
      await sleep(20)
    }
    return life.over
  }

  async strike(): Promise<void> {
    await this.#database?.[Symbol.asyncDispose]()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
