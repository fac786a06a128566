/** Texts, signs, and runs of anything else of a compact JSON text. */
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^{}[\],:"]+/g

/** A compact JSON text as Jackson's pretty printer shows it: objects over lines, arrays in one. */
export function prettyJson(compact: string): string {
  const open: string[] = []
  const pieces = compact.match(PIECES) ?? []
  const line = () => `\n${'  '.repeat(open.filter(o => o === '{').length)}`
  const put = (piece: string, i: number): string => {
    const before = pieces[i - 1]
    if (piece === '{' || piece === '[') {
      open.push(piece)
      if (pieces[i + 1] === '}' || pieces[i + 1] === ']') return `${piece} `
      return piece === '{' ? piece + line() : '[ '
    }
    if (piece === '}' || piece === ']') {
      open.pop()
      if (before === '{' || before === '[') return piece
      return piece === '}' ? line() + piece : ' ]'
    }
    if (piece === ',') return open.at(-1) === '{' ? `,${line()}` : ', '
    return piece === ':' ? ' : ' : piece
  }
  return pieces.map(put).join('')
}
