/** Does the path hold glob characters (Hadoop's: `* ? [ ] { }`)? */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path)

const escaped = (c: string): string => c.replace(/[.+^$()|\\/]/, '\\$&')

/** Hadoop's glob of one name as a pattern: `*`, `?`, `[a-c]`, `[^x]`, `{a,b}`, `\` escapes. */
export function globPattern(glob: string): RegExp {
  let out = ''
  let depth = 0
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!
    if (c === '\\') out += escaped(glob[++i] ?? '\\')
    else if (c === '*') out += '.*'
    else if (c === '?') out += '.'
    else if (c === '[') {
      const end = glob.indexOf(']', i + 2)
      if (end < 0) out += '\\['
      else {
        out += `[${glob
          .slice(i + 1, end)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\')}]`
        i = end
      }
    } else if (c === '{') {
      depth++
      out += '(?:'
    } else if (c === '}' && depth > 0) {
      depth--
      out += ')'
    } else if (c === ',' && depth > 0) out += '|'
    else out += c === '{' || c === '}' || c === ']' ? `\\${c}` : escaped(c)
  }
  return new RegExp(`^${out}$`, 's')
}

/** Splits a path at slashes that stand outside braces. */
export function segments(path: string): string[] {
  const out: string[] = []
  let depth = 0
  let part = ''
  for (const c of path) {
    if (c === '{') depth++
    if (c === '}') depth--
    if (c === '/' && depth === 0) {
      if (part !== '') out.push(part)
      part = ''
    } else part += c
  }
  if (part !== '') out.push(part)
  return out
}
