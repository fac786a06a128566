/**
 * A loop as a drawing, a line an element:
 *
 *     ┌─▶ clean
 *     │     │ cleaned
 *     │   enrich
 *     │     │ enriched
 *     └─────┘
 */
export function loopDrawing(steps: readonly { readonly node: string; readonly dataset: string }[]): readonly string[] {
  const lines = steps.flatMap(({ node, dataset }, i) => [`${i === 0 ? '  ┌─▶ ' : '  │   '}${node}`, `  │     │ ${dataset}`])
  return [...lines, '  └─────┘']
}
