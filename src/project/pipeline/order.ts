import { MillraceError } from '../../errors/index.ts'
import { loopDrawing } from './drawing.ts'
import { type Node, reads, writes } from './node.ts'

/** Who writes each data set. @throws PIPELINE_DUPLICATE_NODE, PIPELINE_DUPLICATE_OUTPUT */
export function writersOf(nodes: readonly Node[]): ReadonlyMap<string, Node> {
  const names = new Set<string>()
  const writers = new Map<string, Node>()
  for (const node of nodes) {
    if (names.has(node.name)) throw new MillraceError('PIPELINE_DUPLICATE_NODE', { node: node.name })
    names.add(node.name)
    for (const dataset of writes(node)) {
      const other = writers.get(dataset)
      if (other) throw new MillraceError('PIPELINE_DUPLICATE_OUTPUT', { dataset, nodes: [other.name, node.name] })
      writers.set(dataset, node)
    }
  }
  return writers
}

/** The nodes so that each stands behind those it reads from; otherwise as they were given. @throws PIPELINE_CYCLE with a drawing */
export function inOrder(nodes: readonly Node[]): readonly Node[] {
  const writers = writersOf(nodes)
  const done = new Set<Node>()
  const ordered: Node[] = []
  const visit = (node: Node, way: readonly Node[]): void => {
    if (done.has(node)) return
    const at = way.indexOf(node)
    if (at >= 0) throw cycle(way.slice(at), writers)
    for (const dataset of reads(node)) {
      const writer = writers.get(dataset)
      if (writer) visit(writer, [...way, node])
    }
    done.add(node)
    ordered.push(node)
  }
  for (const node of nodes) visit(node, [])
  return Object.freeze(ordered)
}

/** `way` goes from reader to writer; told the way rows would go. */
function cycle(way: readonly Node[], writers: ReadonlyMap<string, Node>): MillraceError {
  const loop = way.toReversed()
  const steps = loop.map((node, i) => {
    const next = loop[(i + 1) % loop.length]!
    return { node: node.name, dataset: reads(next).find(name => writers.get(name) === node)! }
  })
  return new MillraceError('PIPELINE_CYCLE', { nodes: loop.map(n => n.name) }, { details: loopDrawing(steps) })
}
