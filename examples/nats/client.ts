/** As much of `@nats-io/transport-node` and `@nats-io/jetstream` as the example uses; the packages themselves fit in here. */
export interface NatsClient {
  connect(options: { servers: string }): Promise<any>
  headers(): { append(name: string, value: string): void }
}
export interface JetStreamLibrary {
  jetstream(connection: any): JetStream
  jetstreamManager(connection: any): Promise<JetStreamManager>
}
export interface JetStream {
  publish(subject: string, data: Uint8Array, options: { msgID: string }): Promise<{ readonly seq: number; readonly duplicate: boolean }>
  readonly consumers: { get(stream: string, from: { opt_start_seq: number; deliver_policy: string }): Promise<Consumer> }
}
export interface Consumer {
  fetch(options: { max_messages: number; expires: number }): Promise<AsyncIterable<Message>>
  delete(): Promise<unknown>
}
export interface Message {
  readonly seq: number
  readonly subject: string
  readonly data: Uint8Array
  readonly timestampNanos: bigint
  readonly info: { readonly pending: number }
}
export interface JetStreamManager {
  readonly streams: {
    info(stream: string): Promise<{ readonly state: { readonly first_seq: number; readonly last_seq: number } }>
  }
}
