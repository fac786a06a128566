export type * from './contract.ts'
export { type LocalStoreOptions, localStore } from './local.ts'
