/** `npm run bench`: see README.md. */
import { parseArgs } from 'node:util'
import { BENCHES } from './benches.ts'

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    list: { type: 'boolean' },
    quick: { type: 'boolean' },
    against: { type: 'string' },
    repeat: { type: 'string' },
    help: { type: 'boolean' },
  },
})

if (values.list || values.help || positionals.length === 0) {
  console.log('npm run bench -- NAME… [--quick] [--against spark,duckdb] [--repeat N]\n')
  for (const bench of BENCHES) console.log(`  ${bench.name.padEnd(18)} ${bench.describe}`)
} else {
  for (const name of positionals) {
    const bench = BENCHES.find(b => b.name === name)
    if (!bench) {
      console.error(`no bench is called "${name}"; see --list`)
      process.exitCode = 2
      continue
    }
    const against = (values.against ?? '').split(',').filter(a => a !== '')
    for await (const figure of bench.run({ quick: values.quick === true, against, repeat: Number(values.repeat ?? 1) }))
      console.log(JSON.stringify(figure))
  }
}
