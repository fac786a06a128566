/**
 * Draws a terminal's text as an SVG, for the README: `tmux capture-pane -p | node scripts/picture.ts > docs/turnstiles.svg`.
 */
import { text } from 'node:stream/consumers'

const [CELL, LINE, PAD] = [7.8, 17, 16]
const escaped = (s: string): string => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const lines = (await text(process.stdin)).trimEnd().split('\n')
const width = Math.ceil(Math.max(...lines.map(l => l.length)) * CELL + 2 * PAD)
const height = lines.length * LINE + 2 * PAD
const rows = lines.map((l, i) => `<text x="${PAD}" y="${PAD + (i + 0.8) * LINE}" xml:space="preserve">${escaped(l)}</text>`)
console.log(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="a terminal">`,
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" fill="#d7dae0">`,
    ...rows,
    '</g></svg>',
  ].join('\n'),
)
