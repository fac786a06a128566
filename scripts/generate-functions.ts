import { writeFileSync } from 'node:fs'
import { functionsSource } from '../src/api/functions/generate.ts'

/** Writes `src/api/functions/generated.ts` from the function table: `node scripts/generate-functions.ts`. */
writeFileSync(new URL('../src/api/functions/generated.ts', import.meta.url), functionsSource())
