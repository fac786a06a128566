import type { Engine } from '../contract.ts'
import type { EmbeddedConfig } from './config.ts'
import { EmbeddedEngine } from './engine.ts'

export type { EmbeddedConfig } from './config.ts'
export const embeddedEngine = (config: EmbeddedConfig): Engine => new EmbeddedEngine(config)
