import { conditions } from '../condition.ts'

/** What a person does about a status that repeating does not mend. */
const STATUS_HINTS: Readonly<Record<number, string>> = {
  400: 'Look at what was sent: the server does not take it.',
  401: 'Check the credentials (bearerToken, user and password, or a header): the server does not know them.',
  403: 'The credentials are known but may not do this: ask for the right, or use others.',
  404: 'Check the url: the server has nothing there.',
  405: 'Check url and method: the server does not take this method there.',
  410: 'Check the url: what was there is gone for good.',
  413: 'Send less in one request: lower maxRowsPerRequest or maxBytesPerRequest.',
  415: 'Choose another body format: the server does not read this one.',
}

/** Conditions of what comes in and goes out over HTTP: `webhook`, `http-poll`, `sse`, `websocket`, `http`, and the log of arrivals under them. */
export const http = conditions({
  ARRIVALS_GONE: {
    domain: 'external',
    message: (p: { log: string; position: number; end: number }) =>
      `the log of ${p.log} has nothing at position ${p.position}: it ends at ${p.end}`,
    hint: () =>
      'Its files in the checkpoint were removed, or belong to another version. Restore them, or start with a new checkpointLocation.',
  },
  ARRIVAL_LOG_DAMAGED: {
    domain: 'external',
    message: (p: { path: string }) => `${p.path} is not what was written there`,
    hint: () =>
      'Restore the file from a copy. To go on without what is in it (acknowledged events are lost), move it away if it is the last of its directory, or start with a new checkpointLocation.',
  },
  HTTP_LISTEN_FAILED: {
    domain: 'external',
    message: (p: { host: string; port: number; code: string }) => `cannot listen on ${p.host}:${p.port} (${p.code})`,
    hint: (p: { port: number; code: string }) =>
      p.code === 'EADDRINUSE'
        ? `Another process listens on port ${p.port}: stop it or choose another port.`
        : p.code === 'EACCES'
          ? 'Ports below 1024 need a right of their own: choose a higher port.'
          : 'Check the options host and port: the address must be one of this machine.',
  },
  HTTP_FILE_UNREADABLE: {
    domain: 'user',
    message: (p: { option: string; path: string; why: string }) => `cannot use the file of option "${p.option}", ${p.path}: ${p.why}`,
    hint: (p: { option: string }) => `Give "${p.option}" the path of a PEM file that this process may read.`,
  },
  HTTP_URL: {
    domain: 'user',
    message: (p: { url: string; expected: string }) => `"${p.url}" is not ${p.expected}`,
    hint: (p: { expected: string }) => `Set "url" to ${p.expected}.`,
  },
  HTTP_CERTIFICATE: {
    domain: 'external',
    message: (p: { url: string; why: string }) => `the certificate of ${p.url} is not trusted (${p.why})`,
    hint: () => 'Set "caFile" to the authority that signed it, or check that the url names the server as its certificate does.',
  },
  HTTP_REFUSED: {
    domain: 'user',
    message: (p: { method: string; url: string; status: number; answer?: string }) =>
      `${p.method} ${p.url} was answered with ${p.status}${p.answer ? `: ${p.answer}` : ''}`,
    hint: (p: { status: number }) => STATUS_HINTS[p.status] ?? 'Mend the request; the same one would be refused again.',
  },
  HTTP_UNAVAILABLE: {
    domain: 'external',
    message: (p: { method: string; url: string; why: string; forMs: number }) =>
      `${p.method} ${p.url} did not succeed for ${Math.round(p.forMs / 1000)} s: ${p.why}`,
    hint: () => 'Start the query again when the server answers: nothing is lost. Raise "retryFor" to wait longer.',
  },
  HTTP_ANSWER_TOO_LARGE: {
    domain: 'user',
    message: (p: { url: string; most: number }) => `the answer of ${p.url} is larger than ${p.most} bytes`,
    hint: () => 'Ask for smaller pages, or raise "maxAnswerBytes".',
  },
  HTTP_ANSWER_UNREADABLE: {
    domain: 'external',
    message: (p: { url: string; why: string }) => `cannot read the answer of ${p.url}: ${p.why}`,
    hint: () => 'Look at what the server answers, and check url and the paths into the answer.',
  },
  HTTP_ELSEWHERE: {
    domain: 'external',
    message: (p: { url: string; to: string; how: string }) => `${p.url} ${p.how} another server, ${p.to}`,
    hint: () => 'Credentials are not sent to other servers. If that one is meant, set "url" to it.',
  },
  HTTP_NO_VALUE: {
    domain: 'user',
    message: (p: { columns: readonly string[] }) =>
      `body "text" needs a column "value" of type string or binary; there are ${p.columns.map(c => `"${c}"`).join(', ')}`,
    hint: () => "Select it, for example selectExpr('to_json(struct(*)) AS value'), or choose another option body.",
  },
  HTTP_DEAD_LETTERS_TOO_MANY: {
    domain: 'user',
    message: (p: { url: string; letters: number; most: number; status: number }) =>
      `${p.url} refused ${p.letters} requests of one batch (the last with ${p.status}), more than deadLetters.maxPerBatch allows (${p.most})`,
    hint: () => 'Look at the dead letters: it is probably not the rows that are wrong. Mend the cause, or raise "deadLetters.maxPerBatch".',
  },
  JSON_PATH: {
    domain: 'user',
    message: (p: { option: string; path: string; at: number }) =>
      `option "${p.option}": cannot read the path "${p.path}" at character ${p.at}`,
    hint: () => "Write $, then .name, ['name'], [0], [*] or .. as often as needed: $.data.items[*].",
  },
  FORMAT_EXISTS: {
    domain: 'user',
    message: (p: { format: string; builtIn: boolean }) =>
      `there is already a format "${p.format}"${p.builtIn ? ' of Millrace itself' : ''}`,
    hint: (p: { builtIn: boolean }) =>
      p.builtIn ? 'Choose another name.' : 'Choose another name, or call what registerFormat() returned to take the other one back first.',
  },
  FORMAT_NEEDS_SCHEMA: {
    domain: 'user',
    message: (p: { format: string }) => `format "${p.format}" does not say its columns`,
    hint: () => "Declare them: .schema('id int, name string') before load().",
  },
  FORMAT_DEFINITION: {
    domain: 'user',
    message: (p: { format: string; problem: string }) => `the format "${p.format}" cannot be registered: ${p.problem}`,
    hint: () => 'Mend what is given to registerFormat(); docs/formats.md shows a whole one.',
  },
})
