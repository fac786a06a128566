import { useWiring } from '../api/index.ts'
import { nodePlatform } from '../platform/index.ts'
import { wires } from '../wiring.ts'
import { COMMANDS } from './commands.ts'
import { interruption } from './interruption.ts'
import { millrace } from './millrace.ts'

useWiring(wires())
// `millrace … | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
const { signal, end } = interruption(nodePlatform)
process.exitCode = await millrace(process.argv.slice(2), COMMANDS, { platform: nodePlatform, signal })
end()
