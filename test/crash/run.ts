/** `npm run crash`: the crash suites with their full counts; prints a table and writes it to docs/guarantees.md. KILLS and SEED as in the tests. */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { killsWanted, seedWanted } from './kills.ts'
import { crashTurnstiles } from './turnstiles.ts'

const PAGE = resolve(import.meta.dirname, '../../docs/guarantees.md')
const [BEGIN, END] = ['<!-- crash table: written by npm run crash -->', '<!-- end of the crash table -->']

const seed = seedWanted()
const kills = killsWanted(50)
console.log(`seed ${seed}, ${kills} kills a pipeline`)
const result = await crashTurnstiles({ kills, seed })
for (const difference of result.differences) console.error(difference)
const table = [
  '| pipeline | kills | runs to the end | differences | seed |',
  '|---|---|---|---|---|',
  `| turnstiles: files → dropDuplicates → window sums → csv.gz through foreachBatch | ${result.kills} | ${result.runs} | ${result.differences.length} | ${seed} |`,
].join('\n')
console.log(table)
const page = await readFile(PAGE, 'utf8')
await writeFile(PAGE, `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${page.slice(page.indexOf(END))}`)
process.exitCode = result.differences.length === 0 ? 0 : 1
