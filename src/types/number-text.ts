/** Digits and exponent of JavaScript's shortest form, drawn as Java draws it: plain from 1e-3 to 1e7, else `1.0E20`. */
function javaForm(shortest: string): string {
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(shortest)!
  const sign = m[1]!
  const digits = m[2]! + (m[3] ?? '')
  const lead = digits.search(/[1-9]/)
  if (lead < 0) return `${sign}0.0`
  const point = m[2]!.length + Number(m[4] ?? 0) - lead
  const body = digits.slice(lead).replace(/0+$/, '')
  if (point > 7 || point < -2) return `${sign}${body[0]}.${body.slice(1) || '0'}E${point - 1}`
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${body}`
  return `${sign}${body.slice(0, point).padEnd(point, '0')}.${body.slice(point) || '0'}`
}

const special = (n: number): string | undefined =>
  Number.isNaN(n) ? 'NaN' : n === Infinity ? 'Infinity' : n === -Infinity ? '-Infinity' : Object.is(n, -0) ? '-0.0' : undefined

/** A double as Spark prints it: `1.0`, `1.0E20`, `NaN`, `-Infinity`. */
export function doubleText(n: number): string {
  return special(n) ?? javaForm(String(n))
}

/** A float as Spark prints it: the fewest digits that read back as the same float. */
export function floatText(n: number): string {
  const known = special(n)
  if (known) return known
  for (let digits = 1; digits <= 9; digits++) {
    const text = n.toPrecision(digits)
    if (Math.fround(Number(text)) === n) return javaForm(text)
  }
  return javaForm(String(n))
}

/** A decimal of this unscaled value and scale in plain digits: `-0.05`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled)
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** The 128-bit value in two words, low word first. */
export const wide = (words: BigInt64Array, i: number): bigint => (words[2 * i + 1]! << 64n) | BigInt.asUintN(64, words[2 * i]!)
