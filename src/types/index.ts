export * from './brand.ts'
export * from './data-type.ts'
export * from './interval.ts'
export * from './row-batch.ts'
