import { catalog } from './catalog.ts'
import { checkpoint } from './checkpoint.ts'
import type { Command } from './command.ts'
import { completion } from './completion.ts'
import { doctor } from './doctor.ts'
import { newProject } from './new.ts'
import { plan } from './plan.ts'
import { produce } from './produce.ts'
import { query } from './query.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'
import { schemaInfer } from './schema.ts'
import { tail } from './tail.ts'
import { topicsApply } from './topics.ts'
import { warehouse } from './warehouse.ts'

/** Every command, in the order of help and docs. */
export const COMMANDS: readonly Command[] = [
  newProject,
  run,
  plan,
  ...catalog,
  ...query,
  ...runs,
  ...checkpoint,
  doctor,
  schemaInfer,
  topicsApply,
  produce,
  tail,
  warehouse,
  completion(() => COMMANDS),
]
