import { catalog } from './catalog.ts'
import type { Command } from './command.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/** Every command, in the order of help and docs. */
export const COMMANDS: readonly Command[] = [run, plan, ...catalog]
