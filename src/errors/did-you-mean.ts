/** Edit distance with adjacent swaps (optimal string alignment), stopped early beyond `max`. */
function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let d = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1)
      next.push(d)
    }
    before = row
    row = next
  }
  return row[b.length]!
}

/** The names nearest to `name`, best first: for "did you mean". Case does not count. */
export function nearest(name: string, known: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase()
  const max = Math.max(2, Math.ceil(wanted.length / 3))
  return [...known]
    .map(k => ({ k, d: distance(wanted, k.toLowerCase(), max) }))
    .filter(x => x.d <= max)
    .sort((x, y) => x.d - y.d || (x.k < y.k ? -1 : 1))
    .slice(0, most)
    .map(x => x.k)
}

/** `, did you mean "a" or "b"?`, or nothing where nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known)
  return near.length === 0 ? '' : `, did you mean ${near.map(n => `"${n}"`).join(' or ')}?`
}
