import { expect, test } from 'vitest'
import { isMillraceError } from '../../../errors/index.ts'
import { parseJaas } from './jaas.ts'

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule'

test.each([
  [
    'as in document 002',
    `${PLAIN} required serviceName="kafka" username="u" password="p";`,
    { serviceName: 'kafka', username: 'u', password: 'p' },
  ],
  ['over several lines', `${PLAIN} required\n    username="u"\n    password="p";\n`, { username: 'u', password: 'p' }],
  ['single quotes and bare words', `${PLAIN} required username=u password='p q' ;`, { username: 'u', password: 'p q' }],
  ['escaped quotes and backslashes', `${PLAIN} required password="a\\"b\\\\c";`, { password: 'a"b\\c' }],
  ['signs inside quotes', `${PLAIN} required password="a;b=c";`, { password: 'a;b=c' }],
  ['a password that is a sign', `${PLAIN} required password=";" username="=";`, { password: ';', username: '=' }],
  ['blanks around =', `${PLAIN} REQUIRED username = "u";`, { username: 'u' }],
  ['no options', `${PLAIN} required;`, {}],
])('%s', (_, text, options) => {
  expect(parseJaas(text)).toEqual({ module: 'PlainLoginModule', options })
})

test.each([
  ['no end', `${PLAIN} required password="geheim"`, 'must end with ";"'],
  ['no flag', `${PLAIN} password="geheim";`, '"required"'],
  ['an open quote', `${PLAIN} required password="geheim;`, 'is not closed'],
  ['no value', `${PLAIN} required username="u" password;`, 'option 2'],
  ['two logins', `${PLAIN} required password="geheim"; ${PLAIN} required;`, 'more than one'],
  ['nothing', '  ', 'must begin'],
])('%s is refused without showing the text', (_, text, reason) => {
  try {
    parseJaas(text)
    expect.fail('it was taken')
  } catch (error) {
    if (!isMillraceError(error, 'KAFKA_LOGIN_INVALID')) throw error
    expect(error.params.reason).toContain(reason)
    expect(error.message).not.toContain('geheim')
  }
})
