/** When batches start (`notes`: Spark's Trigger). `intervalMs` 0 = as soon as possible. */
export type Trigger =
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'continuous'; readonly interval: string }
