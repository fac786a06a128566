/** Where alerts go: exactly one of the three. */
export type AlertChannel =
  /** A POST with the alert as JSON. */
  | { readonly webhook: string; readonly headers?: Readonly<Record<string, string>> }
  /** An incoming webhook of Slack. */
  | { readonly slack: string }
  /** A program and its arguments, without a shell; the alert is its standard input, as JSON. */
  | { readonly command: readonly string[] }

export interface AlertRule {
  /**
   * `failed`, `no progress for 5 minutes`, `lag above 1000` (records behind in Kafka), `lag above 10 minutes` (watermark behind the clock),
   * `late rows above 100` (in one batch), or SQL over the rows a query puts out: `ENTRIES > 5000`.
   */
  readonly when: string
  /** The query by name; every query where it is left out, which a rule over rows may not. */
  readonly query?: string
  /** Columns that tell apart what a rule over rows speaks of; the whole query otherwise. */
  readonly key?: string | readonly string[]
  /** Names of channels; all where it is left out. */
  readonly tell?: string | readonly string[]
}

/** `alerts.yml`, and `Session.open({ alerts })`. */
export interface AlertOptions {
  readonly channels: Readonly<Record<string, AlertChannel>>
  readonly rules: Readonly<Record<string, AlertRule>>
  /** Attempts to deliver one alert, and the wait before the second in milliseconds, which doubles up to a minute; 5 and 1000. */
  readonly retry?: { readonly attempts?: number; readonly backoffMs?: number }
}

/** What a channel is told. */
export interface AlertMessage {
  readonly rule: string
  readonly state: 'firing' | 'resolved'
  readonly query: string
  readonly when: string
  /** Values of the key's columns, of rules over rows. */
  readonly key?: Readonly<Record<string, unknown>>
  /** One sentence for a person. */
  readonly text: string
  readonly at: string
}
