const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const VALUE = new Map([...ALPHABET].map((c, i) => [c, i]))

/** Bytes of Z85 text: five characters are four bytes, high ones first. @throws RangeError */
export function z85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new RangeError(`"${text}" is no Z85 text`)
  const bytes = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i += 5) {
    let word = 0
    for (const c of text.slice(i, i + 5)) {
      const value = VALUE.get(c)
      if (value === undefined) throw new RangeError(`"${c}" does not occur in Z85 text`)
      word = word * 85 + value
    }
    view.setUint32((i / 5) * 4, word % 2 ** 32)
  }
  return bytes
}

/** The UUID that twenty characters stand for. */
export function uuidOfZ85(text: string): string {
  const hex = Buffer.from(z85(text)).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
