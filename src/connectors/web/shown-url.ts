/** A URL as messages name it: without credentials and without its query, which may hold some. */
export function shownUrl(url: URL | string): string {
  const { protocol, host, pathname } = typeof url === 'string' ? new URL(url) : url
  return `${protocol}//${host}${pathname}`
}

/** A text with every secret in it blotted out; short ones are left, as they would stand everywhere. */
export const without = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((t, secret) => (secret.length < 4 ? t : t.replaceAll(secret, '***')), text)
