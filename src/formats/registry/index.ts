export { lookingUp, type RegistryColumnsOptions, registryColumns, SchemasNeeded } from './columns.ts'
export { registryMessages } from './messages.ts'
export { namesRegistry, type RegistryOptions } from './options.ts'
export { type KnownSchema, Registries, Registry } from './registry.ts'
