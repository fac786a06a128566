import type { DataFrame, Session, StreamingQuery } from '../../src/index.ts'

export interface Places {
  /** A directory that readings arrive in, as JSON lines. */
  readonly readings: string
  readonly checkpoint: string
  /** A directory for messages that the chat will never take. */
  readonly refused: string
  /** The address of a chat's incoming webhook: whoever knows it can write there, so it is a secret. */
  readonly hook: string
}

/** One message a crowded turnstile, as Slack's incoming webhooks take it: `{"text": "…"}`. */
export function alarms(session: Session, readings: string, limit: number): DataFrame<{ text: string }, any> {
  return session.readStream
    .schema('station string, at timestamp, entries int')
    .json(readings)
    .where(`entries > ${limit}`)
    .selectExpr(
      `format_string(':rotating_light: %s: %d entries at %s', station, entries, date_format(at, 'HH:mm')) AS text`,
    ) as unknown as DataFrame<{ text: string }, any>
}

/**
 * Sends the alarms. Slack takes about one message a second and answers 429 with Retry-After when there are more: they wait as long as it says.
 * A message it will never take (a 400) goes to a file, and the others go on.
 */
export const notify = (messages: DataFrame<{ text: string }, any>, { checkpoint, refused, hook }: Places): Promise<StreamingQuery> =>
  messages.writeStream
    .format('http')
    .options({ secretUrl: hook, ordered: true, deadline: '10 minutes', 'deadLetters.path': refused })
    .option('checkpointLocation', checkpoint)
    .queryName('alarms')
    .start()
