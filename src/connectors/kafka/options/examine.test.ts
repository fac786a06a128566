import { expect, test } from 'vitest'
import { sparkSettings } from '../../../../test/support/document-002.ts'
import { isMillraceError } from '../../../errors/index.ts'
import { checkKafkaOptions, type KafkaUse } from './examine.ts'

const READ = { side: 'source', mode: 'stream' } as const
const WRITE = { side: 'sink', mode: 'stream' } as const
const GOOD = { 'kafka.bootstrap.servers': 'localhost:9092', subscribe: 'clicks' }
const GOOD_SINK = { 'kafka.bootstrap.servers': 'localhost:9092', topic: 'clicks' }

/** Verdicts by option. */
function verdicts(given: Readonly<Record<string, string>>, use: KafkaUse = READ): Record<string, string> {
  try {
    checkKafkaOptions(given, use)
    return {}
  } catch (error) {
    if (!isMillraceError(error, 'KAFKA_OPTIONS')) throw error
    return Object.fromEntries(error.params.problems.map(p => [p.option, p.verdict]))
  }
}

test('document 002’s SparkSettings, as they stand there, give one error with every key’s verdict and no password in it', () => {
  const spark = sparkSettings('broker:9092')
  expect(verdicts(spark)).toEqual({
    'client.id': 'write kafka.client.id',
    'group.id': 'write kafka.group.id; for offsets committed to a group use commitGroup',
    'auto.offset.reset': 'use startingOffsets: it says where a new query begins',
    checkpointLocation: 'give it to writeStream',
    'enable.auto.commit': expect.stringContaining('commitGroup'),
    'enable.partition.eof': expect.stringContaining('availableNow'),
    'kafka.sasl.mechanisms': expect.stringContaining('kafka.sasl.mechanism'),
    'kafka.sasl.username': expect.stringContaining('kafka.sasl.jaas.config'),
    'kafka.sasl.password': expect.stringContaining('kafka.sasl.jaas.config'),
  })
  try {
    checkKafkaOptions(spark, READ)
  } catch (error) {
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toMatch(/geheim|alice/)
  }
})

test.each([
  ['group.id', 'write kafka.group.id'],
  ['client.id', 'write kafka.client.id'],
  ['bootstrap.servers', 'write kafka.bootstrap.servers'],
  ['security.protocol', 'write kafka.security.protocol'],
  ['sasl.mechanisms', 'kafka.sasl.mechanism'],
  ['auto.offset.reset', 'startingOffsets'],
  ['kafka.auto.offset.reset', 'startingOffsets'],
  ['enable.auto.commit', 'checkpoint keeps the offsets'],
  ['kafka.enable.auto.commit', 'checkpoint keeps the offsets'],
  ['enable.partition.eof', 'availableNow'],
  ['kafka.sasl.mechanisms', 'write kafka.sasl.mechanism'],
  ['kafka.sasl.username', 'kafka.sasl.jaas.config'],
  ['kafka.sasl.password', 'kafka.sasl.jaas.config'],
  ['checkpointLocation', 'give it to writeStream'],
  ['topic', 'give it to writeStream'],
  ['transactional', 'give it to writeStream'],
  ['endingOffsets', 'give it to read'],
  ['kafka.key.deserializer', 'fromAvro'],
  ['kafka.value.deserializer', 'fromAvro'],
  ['kafka.interceptor.classes', 'Java class'],
  ['kafka.partition.assignment.strategy', 'one query reads all'],
  ['kafka.ssl.ca.location', 'kafka.ssl.truststore.location'],
  ['kafka.sasl.login.callback.handler.class', 'registerTokenProvider'],
  ['kafka.acks', 'give it to writeStream'],
  ['kafka.isolation.levle', 'did you mean "kafka.isolation.level"'],
  ['subscribePatern', 'did you mean "subscribePattern"'],
  ['startingOffset', 'did you mean "startingOffsets"'],
  ['kafka.bogus', 'there is no such option'],
])('a stream is not read with "%s": %s', (name, verdict) => {
  const found = verdicts({ ...GOOD, [name]: 'x' })
  expect(Object.keys(found)).toEqual([name])
  expect(found[name]).toContain(verdict)
})

test.each([
  ['flushInterval', 'trigger'],
  ['key.serializer', 'toAvro'],
  ['value.serializer', 'toAvro'],
  ['kafka.value.serializer', 'toAvro'],
  ['schema.registry.url', "toAvro(col, { subject, registry: 'http"],
  ['kafka.transactional.id', 'transactional'],
  ['kafka.partitioner.class', 'partition'],
  ['acks', 'write kafka.acks'],
  ['subscribe', 'give it to readStream'],
  ['startingOffsets', 'give it to readStream'],
  ['kafka.group.id', 'give it to readStream'],
  ['kafka.fetch.min.bytes', 'give it to readStream'],
])('a stream is not written with "%s": %s', (name, verdict) => {
  const found = verdicts({ ...GOOD_SINK, [name]: 'x' }, WRITE)
  expect(Object.keys(found)).toEqual([name])
  expect(found[name]).toContain(verdict)
})

test('document 003’s sink options are answered together', () => {
  const given = {
    'kafka.bootstrap.servers': 'b:9092',
    flushInterval: '100ms',
    'key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
    'value.serializer': 'io.confluent.kafka.serializers.KafkaAvroSerializer',
    'schema.registry.url': 'http://registry:8081',
    topic: 'nyc-avro-topic',
    checkpointLocation: 'chk',
  }
  expect(Object.keys(verdicts(given, WRITE)).sort()).toEqual(['flushInterval', 'key.serializer', 'schema.registry.url', 'value.serializer'])
})

test.each([
  ['kafka.security.protocol', 'SSLL', 'one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL'],
  ['kafka.sasl.mechanism', 'GSSAPI', 'one of PLAIN'],
  ['kafka.fetch.max.wait.ms', '1s', 'a whole number from 0 up'],
  ['kafka.check.crcs', 'yes', 'true or false'],
  ['kafka.bootstrap.servers', 'localhost', 'host:port'],
  ['kafka.bootstrap.servers', 'a:1,b:99999', 'host:port'],
  ['maxOffsetsPerTrigger', '0', 'a whole number from 1 up'],
  ['maxTriggerDelay', 'soon', 'a duration'],
])('%s = %s is refused with what it must be', (name, value, expected) => {
  expect(verdicts({ ...GOOD, [name]: value })[name]).toContain(expected)
})

test('one of subscribe, subscribePattern and assign is needed, and not two', () => {
  const servers = { 'kafka.bootstrap.servers': 'a:1' }
  expect(verdicts(servers)).toEqual({ subscribe: expect.stringContaining('one of') })
  expect(verdicts({ ...servers, subscribe: 'a', assign: '{}' })).toEqual({ 'subscribe, assign': 'give one of them only' })
  expect(verdicts({ subscribe: 'a' })).toEqual({ 'kafka.bootstrap.servers': expect.stringContaining('is missing') })
  expect(verdicts({ subscribe: 'a', configFile: 'client.properties' })).toEqual({})
})

test('names are taken without regard to case, as in Spark', () => {
  expect(verdicts({ 'KAFKA.Bootstrap.Servers': 'a:1', SUBSCRIBE: 'b', includeheaders: 'true' })).toEqual({})
  expect(checkKafkaOptions({ 'KAFKA.Bootstrap.Servers': 'a:1', SUBSCRIBE: 'b' }, READ)['kafka.*']).toEqual({ 'bootstrap.servers': 'a:1' })
})

test('an empty ssl.endpoint.identification.algorithm and lower-case store types are taken, as in document 001', () => {
  const given = {
    ...GOOD,
    'kafka.security.protocol': 'SASL_SSL',
    'kafka.sasl.mechanism': 'SCRAM-SHA-256',
    'kafka.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";',
    'kafka.ssl.truststore.type': 'jks',
    'kafka.ssl.endpoint.identification.algorithm': '',
    'kafka.ssl.truststore.location': 'client.truststore.jks',
    'kafka.ssl.truststore.password': 'spark_streaming',
    maxOffsetsPerTrigger: '10',
    startingTimestamp: '0',
  }
  expect(verdicts(given)).toEqual({})
})
