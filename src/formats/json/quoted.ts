/** A text in quotes as Jackson prints it: control characters with capital hexadecimal digits. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replace(/\\(\\|u[0-9a-f]{4})/g, (_, rest: string) => (rest === '\\' ? '\\\\' : `\\u${rest.slice(1).toUpperCase()}`))

/** The same with every character beyond ASCII spelled out, too. */
export const quotedInAscii = (text: string): string =>
  quoted(text).replace(/[\u0080-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
