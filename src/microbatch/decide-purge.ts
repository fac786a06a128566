/** On object stores, where a request deletes up to a thousand objects and costs money. */
export const TOGETHER_ON_STORES = 400

/**
 * The oldest batch id to keep once `offsets/<batchId>` is written, or undefined when there is nothing to remove
 * (Spark: after 100 batches, ids below N - 100 go). `together`: so many at a time, and not before.
 */
export function decidePurge(batchId: number, keep: number, oldestKept: number | undefined, together = 1): number | undefined {
  const oldest = batchId - keep
  return keep > 0 && oldest > 0 && oldestKept !== undefined && oldestKept <= oldest - together ? oldest : undefined
}
