/**
 * The oldest batch id to keep once `offsets/<batchId>` is written, or undefined when there is nothing to remove
 * (Spark: after 100 batches, ids below N - 100 go).
 */
export function decidePurge(batchId: number, keep: number, oldestKept: number | undefined): number | undefined {
  const oldest = batchId - keep
  return keep > 0 && oldest > 0 && oldestKept !== undefined && oldestKept < oldest ? oldest : undefined
}
