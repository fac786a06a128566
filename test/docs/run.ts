import { stripTypeScriptTypes } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import * as millrace from '../../src/index.ts'
import * as project from '../../src/project/index.ts'
import * as testing from '../../src/testing/index.ts'

const AsyncFunction = (async () => {}).constructor as new (...text: string[]) => (...values: unknown[]) => Promise<unknown>
const LITERAL = /^(?:-?[\d_]+n?|'[^']*'|true|false|null)$/

/** `expression   // 3` says what the expression is: it becomes an assertion. */
const asserted = (line: string): string => {
  const told = /^(\S.*?);?\s+\/\/ (.+)$/.exec(line)
  return told && LITERAL.test(told[2]!) ? `is(${told[1]}, ${told[2]})` : line
}
/** The value of the last line, where it is an expression. */
const answered = (lines: readonly string[]): readonly string[] => {
  const last = lines.findLastIndex(line => /^\S/.test(line) && !/^[)}\]]/.test(line))
  return lines.map((line, i) =>
    i === last && !/^(const|let|type|for|try|process|await|is\(|if|import|\/\/)/.test(line) ? `return ${line}` : line,
  )
}

/** Relative paths of examples stand below a directory of their own. */
const PATHS = /'((?:in|books|lake|checkpoint|data)\/[\w/-]*|chk)'/g
export interface Telling {
  readonly home: string
  readonly given?: Readonly<Record<string, unknown>> & { readonly session: millrace.Session }
  /** Before a stream is stopped: everything that waits for it, or nothing but its start. */
  readonly streams: 'drained' | 'started'
}

/** Runs a text with the names of the package and the given ones, and stops the streams it starts. */
export async function runExample(text: string, { home, given, streams }: Telling): Promise<void> {
  const opened: millrace.Session[] = given ? [given.session] : []
  const Session = {
    open: async (...args: Parameters<typeof millrace.Session.open>) => {
      const session = await millrace.Session.open(...args)
      opened.push(session)
      return session
    },
  }
  const names = {
    ...millrace,
    ...testing,
    ...project,
    ...given,
    Session,
    is: (actual: unknown, said: unknown) => expect(actual).toEqual(said),
  }
  const lines = answered(
    stripTypeScriptTypes(
      text
        .replaceAll(/^import .*$/gm, '')
        .replaceAll(/^export (?=const|function|class)/gm, '')
        .replaceAll(PATHS, `'${home}/$1'`),
    )
      .split('\n')
      .map(asserted),
  )
  const example = new AsyncFunction(...Object.keys(names), `{ ${lines.join('\n')}\n}`)
  const stopStarted = async (): Promise<void> => {
    for (const query of opened.flatMap(session => session.streams.active)) {
      if (query.id === (given?.['query'] as millrace.StreamingQuery | undefined)?.id && !text.includes('query')) continue
      if (streams === 'drained') await query.processAllAvailable()
      await query.stop()
    }
  }
  let over = false
  const ends = example(...Object.values(names)).finally(() => {
    over = true
  })
  ends.catch(() => {})
  while (!over) {
    await stopStarted()
    await setTimeout(5)
  }
  const answer = await ends
  if (answer instanceof millrace.DataFrame) await (answer.isStreaming ? answer.schema() : answer.collect())
  await stopStarted()
  for (const session of opened) if (session !== given?.session) await session.close()
}
