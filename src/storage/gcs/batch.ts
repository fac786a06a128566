/** Many deletions as one request, which the client does not offer. */
export interface Deletions {
  readonly endpoint: string
  readonly bucket: string
  readonly keys: readonly string[]
  readonly authorize: () => Promise<Readonly<Record<string, string>>>
}

const BOUNDARY = 'millrace_deletes'

/** Objects that are not there are fine. */
export async function deleteTogether({ endpoint, bucket, keys, authorize }: Deletions, signal: AbortSignal): Promise<void> {
  const calls = keys.map((key, i) =>
    [
      `--${BOUNDARY}`,
      'Content-Type: application/http',
      `Content-ID: <${i + 1}>`,
      '',
      `DELETE /storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(key)} HTTP/1.1`,
      '',
      '',
    ].join('\r\n'),
  )
  const answer = await fetch(`${endpoint}/batch/storage/v1`, {
    method: 'POST',
    headers: { ...(await authorize()), 'content-type': `multipart/mixed; boundary=${BOUNDARY}` },
    body: `${calls.join('\r\n')}\r\n--${BOUNDARY}--\r\n`,
    signal,
  })
  const text = await answer.text()
  if (!answer.ok) throw failed(answer.status)
  const worst = [...text.matchAll(/^HTTP\/\d(?:\.\d)? (\d{3})/gm)].map(m => Number(m[1])).find(status => status >= 300 && status !== 404)
  if (worst !== undefined) throw failed(worst)
}

const failed = (status: number): Error => Object.assign(new Error(`deleting was answered with status ${status}`), { code: status })
