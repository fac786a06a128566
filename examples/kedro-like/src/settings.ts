import { defineSettings } from '../../../src/project/index.ts'
import { SparkHooks, SparkStreamsHook } from './hooks.ts'

export const settings = defineSettings({ hooks: [new SparkHooks(), new SparkStreamsHook()] })
