import type { Failpoints } from '../../src/testing/failpoints.ts'

type Send = (command: { readonly input: Request; readonly constructor: { readonly name: string } }, ...rest: unknown[]) => Promise<unknown>
interface Request {
  readonly Key?: string
  readonly Prefix?: string
}

/**
 * Makes every request to S3 a failpoint `s3.<operation>.<directory>`: before = nothing has left the process; after = the server has answered, and
 * nobody in the process knows it yet.
 */
export async function s3Calls(points: Failpoints): Promise<void> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const client = S3Client.prototype as unknown as { send: Send }
  const { send } = client
  client.send = function (this: unknown, command, ...rest) {
    const operation = command.constructor.name.replace(/Command$/, '')
    const { Key, Prefix } = command.input
    const directory = (Key ?? Prefix ?? '').split('/').slice(0, -1).join('.')
    return points.through([`s3.${operation}`, directory].filter(part => part !== '').join('.'), () => send.call(this, command, ...rest))
  }
}
