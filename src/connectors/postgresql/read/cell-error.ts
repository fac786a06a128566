/** A cell that cannot stand in its column; whoever knows column and row makes a condition of it. */
export class CellError extends Error {
  override readonly name = 'CellError'
}
