import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../errors/index.ts'
import { columnList, parseTableName } from './identifiers.ts'
import { parseUrl } from './url.ts'

const LOCAL = [{ host: 'localhost', port: 5432 }]

describe('URLs of PostgreSQL', () => {
  const TAKEN: Readonly<Record<string, ReturnType<typeof parseUrl>>> = {
    'jdbc:postgresql:shop': { hosts: LOCAL, database: 'shop', params: {} },
    'jdbc:postgresql:/': { hosts: LOCAL, params: {} },
    'jdbc:postgresql://db/': { hosts: [{ host: 'db', port: 5432 }], params: {} },
    'jdbc:postgresql://db:5433/shop?user=bob&password=p%26w&sslmode=require': {
      hosts: [{ host: 'db', port: 5433 }],
      database: 'shop',
      user: 'bob',
      password: 'p&w',
      params: { sslmode: 'require' },
    },
    'jdbc:postgresql://a:1,[::1]:2,c/shop?targetServerType=primary': {
      hosts: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
        { host: 'c', port: 5432 },
      ],
      database: 'shop',
      params: { targetServerType: 'primary' },
    },
    'postgres://bob:p%40w@db/shop?connect_timeout=3&application_name=x': {
      hosts: [{ host: 'db', port: 5432 }],
      database: 'shop',
      user: 'bob',
      password: 'p@w',
      params: { connectTimeout: '3', ApplicationName: 'x' },
    },
    'postgresql://bob:p@ss@db?target_session_attrs=read-write': {
      hosts: [{ host: 'db', port: 5432 }],
      user: 'bob',
      password: 'p@ss',
      params: { targetServerType: 'primary' },
    },
    'postgres:///shop?host=/run/postgresql&port=5433': { hosts: [{ host: '/run/postgresql', port: 5433 }], database: 'shop', params: {} },
  }
  for (const [url, read] of Object.entries(TAKEN)) test(url, () => expect(parseUrl(url)).toEqual(read))

  test.each([
    'jdbc:mysql://db/shop',
    'localhost:5432/shop',
    'http://db/shop',
    'jdbc:postgresql://db:port/shop?password=hush',
    'jdbc:postgresql://db:99999/shop?password=hush',
    'postgres://u:hush%zz@db/x',
  ])('%s is refused without a word of what may be secret', url => {
    const refusal = (() => {
      try {
        return parseUrl(url)
      } catch (error) {
        return error
      }
    })()
    expect(isMillraceError(refusal, 'POSTGRES_URL')).toBe(true)
    expect(String((refusal as Error).stack) + JSON.stringify(refusal)).not.toContain('hush')
  })
})

test('names of tables are folded as PostgreSQL folds them, and quoted ones are exact', () => {
  const sql = (text: string) => parseTableName(text)?.sql
  expect(sql('Orders')).toBe('"orders"')
  expect(sql('shop . "Order ""x"""')).toBe('"shop"."Order ""x"""')
  expect(sql('naïve')).toBe('"naïve"')
  for (const none of ['', 'a.b.c', 'a b', '"a', '(select 1) t', '1a', 'a;drop']) expect(sql(none), none).toBeUndefined()
  expect(columnList('id, "Line, no" ,x')).toEqual(['id', 'Line, no', 'x'])
})
