export { TableCatalog, type TableEntry } from './catalog.ts'
export { readTableName } from './table-name.ts'
