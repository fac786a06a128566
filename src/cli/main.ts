#!/usr/bin/env node
/** What an older Node would call a syntax error is told in words: nothing else is loaded before. */
const LEAST = 24
if (Number(process.versions.node.split('.')[0]) >= LEAST) await import('./program.ts')
else {
  process.stderr.write(`millrace needs Node ${LEAST} or newer, and this is ${process.versions.node}: see https://nodejs.org\n`)
  process.exitCode = 2
}

export {}
