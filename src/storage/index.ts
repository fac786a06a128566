export type * from './contract.ts'
export { type LocalStoreOptions, localStore, told } from './local.ts'
