import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../errors/index.ts'
import { parseDdl, type StructType } from '../../types/index.ts'
import { compareColumns } from '../target-schema.ts'
import { fingerprint, keyPairToken, privateKey } from './login/private-key.ts'
import { parts, shownName } from './sql/names.ts'
import { isMissing, refusalOf } from './sql/refusal.ts'
import { columnOf, SNOWFLAKE_TYPES } from './sql/types.ts'
import { troubleOf } from './streaming/answers.ts'
import { position, readToken, tokenText } from './streaming/position.ts'
import { writeMethod } from './write-method.ts'

const conditionOf = (work: () => unknown): string => {
  try {
    work()
    return 'fine'
  } catch (e) {
    return isMillraceError(e) ? e.condition : String(e)
  }
}

test('names are read as Snowflake reads them', () => {
  expect(parts('dbtable', 'web_logs')).toEqual(['WEB_LOGS'])
  expect(parts('dbtable', ' shop."My ""Orders""" ')).toEqual(['SHOP', 'My "Orders"'])
  expect(parts('dbtable', 'A.b.c$1')).toEqual(['A', 'B', 'C$1'])
  for (const odd of ['', 'a b', '1a', 'a.', 'a.b.c.d', '"a', "a';DROP"])
    expect(conditionOf(() => parts('dbtable', odd))).toBe('SNOWFLAKE_NAME')
  expect(shownName({ database: 'DB', schema: 'low', name: 'T' })).toBe('DB."low".T')
})

describe('the way batches take follows from what is given', () => {
  const nothing = {
    writeMethod: undefined,
    streaming_stage: undefined,
    streamingPipe: undefined,
    sfWarehouse: undefined,
    proof: 'key',
    outputMode: 'append',
  } as const
  test.each([
    [{}, 'streaming'],
    [{ sfWarehouse: 'WH' }, 'stage'],
    [{ streaming_stage: 'S' }, 'stage'],
    [{ proof: 'password' as const }, 'stage'],
    [{ outputMode: 'update' as const }, 'stage'],
    [{ sfWarehouse: 'WH', writeMethod: 'streaming' }, 'streaming'],
    [{ sfWarehouse: 'WH', streamingPipe: 'P' }, 'streaming'],
    [{ writeMethod: 'stage' }, 'stage'],
  ])('%j → %s', (given, way) => expect(writeMethod({ ...nothing, ...given })).toBe(way))
  test.each([
    [{ writeMethod: 'streaming', proof: 'password' as const }, 'SNOWFLAKE_WRITE_METHOD'],
    [{ writeMethod: 'streaming', outputMode: 'complete' as const }, 'SNOWFLAKE_WRITE_METHOD'],
    [{ writeMethod: 'streaming', streaming_stage: 'S' }, 'CONFLICTING_OPTIONS'],
    [{ streamingPipe: 'P', streaming_stage: 'S' }, 'CONFLICTING_OPTIONS'],
    [{ streamingPipe: 'P', writeMethod: 'stage' }, 'CONFLICTING_OPTIONS'],
  ])('%j is refused', (given, condition) => expect(conditionOf(() => writeMethod({ ...nothing, ...given }))).toBe(condition))
})

test('where a batch goes on follows from the token the channel has committed', () => {
  expect(position(null, 3, false)).toEqual({ do: 'append', fromPart: 0 })
  expect(position('2', 3, false)).toEqual({ do: 'append', fromPart: 0 })
  expect(position('2.9', 3, false)).toEqual({ do: 'append', fromPart: 0 })
  expect(position('3.1', 3, false)).toEqual({ do: 'append', fromPart: 2 })
  expect(position('3', 3, false)).toEqual({ do: 'nothing' })
  expect(position('4.0', 3, false)).toEqual({ do: 'yield' })
  expect(position('4', 3, true)).toEqual({ do: 'nothing' })
  expect(position('offset 7', 3, false)).toEqual({ do: 'refuse' })
  expect(readToken(tokenText({ batch: 12, part: 0 }))).toEqual({ batch: 12, part: 0 })
})

test('answers of the services are told apart by what can be done about them', () => {
  expect(troubleOf(400, 'STALE_CONTINUATION_TOKEN_SEQUENCER')).toBe('reopen')
  expect(troubleOf(409, 'ERR_CHANNEL_HAS_UNCOMMITTED_DATA')).toBe('unsettled')
  expect([0, 500, 503, 408, 429].map(s => troubleOf(s, ''))).toEqual(Array(5).fill('passing'))
  expect(troubleOf(401, '')).toBe('login')
  expect(troubleOf(404, 'ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED')).toBe('final')
  expect(refusalOf({ code: 401002, message: 'x', response: { statusCode: 500 } })).toMatchObject({ passing: true })
  expect(refusalOf({ code: 401002, message: 'x', response: { statusCode: 403 } })).toMatchObject({ passing: false })
  const gone = refusalOf({ code: '002003', sqlState: '42S02', message: '002003 (42S02): SQL compilation error:\nObject gone' })
  expect(gone).toMatchObject({ message: 'SQL compilation error: Object gone', passing: false })
  expect(isMissing(gone)).toBe(true)
})

test('a column takes what stands in it unchanged', () => {
  const column = (type: string) => columnOf({ name: 'c', type, nullable: true, hasDefault: false, generated: false })
  const fits = (ddl: string, type: string) =>
    compareColumns(parseDdl(`c ${ddl}`) as StructType, [column(type)], SNOWFLAKE_TYPES).differences.length === 0
  const yes: [string, string][] = [
    ['int', 'NUMBER(38,0)'],
    ['int', 'NUMBER(12,2)'],
    ['int', 'FLOAT'],
    ['bigint', 'NUMBER(19,0)'],
    ['decimal(10,2)', 'NUMBER(12,4)'],
    ['float', 'FLOAT'],
    ['string', 'VARCHAR(10)'],
    ['timestamp', 'TIMESTAMP_NTZ(9)'],
    ['timestamp', 'TIMESTAMP_TZ(6)'],
    ['timestamp_ntz', 'TIMESTAMP_NTZ(6)'],
    ['array<int>', 'ARRAY'],
    ['struct<a: int>', 'OBJECT'],
    ['map<string, int>', 'VARIANT'],
    ['binary', 'BINARY(8388608)'],
    ['date', 'DATE'],
    ['boolean', 'BOOLEAN'],
  ]
  const no: [string, string][] = [
    ['bigint', 'NUMBER(10,0)'],
    ['bigint', 'FLOAT'],
    ['int', 'NUMBER(10,2)'],
    ['decimal(10,2)', 'NUMBER(10,1)'],
    ['double', 'NUMBER(38,0)'],
    ['string', 'NUMBER(38,0)'],
    ['timestamp', 'TIMESTAMP_NTZ(3)'],
    ['timestamp_ntz', 'TIMESTAMP_LTZ(9)'],
    ['timestamp', 'DATE'],
    ['string', 'VARIANT'],
    ['array<int>', 'ARRAY(NUMBER)'],
    ['int', 'GEOGRAPHY'],
  ]
  expect(yes.filter(([a, b]) => !fits(a, b))).toEqual([])
  expect(no.filter(([a, b]) => fits(a, b))).toEqual([])
})

describe('private keys', () => {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = (more: object = {}) => key.export({ type: 'pkcs8', format: 'pem', ...more } as never) as string
  const locked = pem({ cipher: 'aes-256-cbc', passphrase: 'right' })
  const bare = (text: string) => text.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  const files = { '/key.p8': pem(), '/base64.txt': bare(pem()), '/other.txt': 'hello' } as Record<string, string>
  const disk = {
    read: async (path: string) => {
      if (!(path in files)) throw Object.assign(new Error('none'), { code: 'ENOENT' })
      return new TextEncoder().encode(files[path])
    },
  } as never
  const printOf = async (text: string, passphrase?: string) => fingerprint(await privateKey(text, passphrase, disk))

  test('as PEM, in one line, bare, PKCS1, encrypted, or in a file', async () => {
    const expected = fingerprint(key)
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }) as string
    for (const text of [
      pem(),
      pem().replaceAll('\n', '\\n'),
      pem().replaceAll('\n', ' '),
      bare(pem()),
      pkcs1,
      bare(pkcs1),
      '/key.p8',
      '/base64.txt',
    ]) {
      expect(await printOf(text)).toBe(expected)
    }
    expect(await printOf(locked, 'right')).toBe(expected)
    expect(await printOf(bare(locked), 'right')).toBe(expected)
  })

  test('what is none is refused by reason, and never shown', async () => {
    const problem = async (text: string, passphrase?: string) => privateKey(text, passphrase, disk).catch(e => e.params.problem)
    expect(await problem(locked)).toContain('pem_private_key_passphrase is needed')
    expect(await problem(locked, 'wrong')).toContain('does not open it')
    expect(await problem(bare(locked), 'wrong')).toContain('does not open it')
    expect(await problem('/nowhere.p8')).toContain('ENOENT')
    expect(await problem('/other.txt')).toContain('no PEM text')
    expect(await problem(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)).toContain('ed25519')
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    expect(await problem(short)).toContain('1024 bits')
  })

  test('a token says account, user and fingerprint, for less than an hour', () => {
    const [head, claims, signature] = keyPairToken(key, { account: 'xy12345.eu-central-1', user: 'loader' }, 1_700_000_000_000).split('.')
    const said = JSON.parse(Buffer.from(claims!, 'base64url').toString())
    expect(said).toEqual({ iss: `XY12345.LOADER.${fingerprint(key)}`, sub: 'XY12345.LOADER', iat: 1_700_000_000, exp: 1_700_003_540 })
    expect(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(createPublicKey(key), signature!, 'base64url')).toBe(true)
  })
})
