export { CONFIG_PATTERNS, ConfigLoader, type ConfigOptions } from './config-loader.ts'
export {
  type ConfEntry,
  type ConfMap,
  type ConfNode,
  type ConfValue,
  nodeAt,
  type Place,
  placeText,
  plainOf,
} from './place.ts'
export { type ReferenceSources, resolved } from './references.ts'
export { readYaml } from './yaml-file.ts'
