import { MillraceError } from '../../../errors/index.ts'

/** One login of Java's `sasl.jaas.config`: the module's class without its package, and its options. Holds secrets. */
export interface JaasLogin {
  readonly module: string
  readonly options: Readonly<Record<string, string>>
}

const FLAGS = /^(required|requisite|sufficient|optional)$/i
/** A quoted text with backslash escapes (line breaks may be in it, as in Java's multi-line values), a bare word, or one of `=` and `;`. */
const TOKEN = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([=;])|([^\s="';]+))/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

interface Token {
  readonly kind: 'word' | 'sign'
  readonly text: string
}

const unescaped = (text: string): string => text.replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c)

const isEnd = (token: Token): boolean => token.kind === 'sign' && token.text === ';'

/** What is wrong is said by place, never by showing the text: it holds a password. */
const invalid = (reason: string): MillraceError => new MillraceError('KAFKA_LOGIN_INVALID', { option: 'sasl.jaas.config', reason })

function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const m = TOKEN.exec(text)
    if (!m) throw invalid(`a quote that opens at character ${at + 1 + text.slice(at).search(/\S/)} is not closed`)
    const quoted = m[1] ?? m[2]
    found.push(m[3] ? { kind: 'sign', text: m[3] } : { kind: 'word', text: quoted === undefined ? m[4]! : unescaped(quoted) })
  }
  return found
}

/**
 * Reads `org.apache.kafka.common.security.plain.PlainLoginModule required username="me" password="secret";`.
 * One login only, as Java's client properties allow.
 */
export function parseJaas(text: string): JaasLogin {
  const all = tokens(text)
  const [module, flag, ...rest] = all
  if (module?.kind !== 'word') throw invalid('it must begin with the name of a login module')
  if (flag?.kind !== 'word' || !FLAGS.test(flag.text)) throw invalid('"required" must follow the name of the login module')
  const options: Record<string, string> = {}
  let i = 0
  for (; i < rest.length && !isEnd(rest[i]!); i += 3) {
    const [name, equals, value] = rest.slice(i, i + 3)
    if (name?.kind !== 'word' || equals?.text !== '=' || equals.kind !== 'sign' || value?.kind !== 'word') {
      throw invalid(`option ${i / 3 + 1} is not of the form name="value"`)
    }
    options[name.text] = value.text
  }
  if (rest[i]?.kind !== 'sign') throw invalid('it must end with ";"')
  if (i + 1 < rest.length) throw invalid('it names more than one login')
  return { module: module.text.slice(module.text.lastIndexOf('.') + 1), options }
}
