import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { NOTHING, plus, type Totals } from './messages.ts'

/** Counts what stands in the csv.gz files of a directory: rows, and the sums of the columns ENTRIES and EXITS. A missing directory is empty. */
export async function readTotals(directory: string): Promise<Totals & { readonly files: number }> {
  const names = await readdir(directory).catch(() => [] as string[])
  const files = names.filter(name => /^batch_\d+\.csv\.gz$/.test(name))
  let totals = NOTHING
  for (const name of files) totals = plus(totals, fileTotals(gunzipSync(await readFile(join(directory, name))).toString('utf8')))
  return { files: files.length, ...totals }
}

function fileTotals(text: string): Totals {
  const [head = '', ...lines] = text.split('\n')
  const header = head.split(',')
  const [entries, exits] = [header.indexOf('ENTRIES'), header.indexOf('EXITS')]
  return lines
    .filter(line => line !== '')
    .map(line => line.split(','))
    .reduce((t, f) => plus(t, { rows: 1, entries: Number(f[entries]), exits: Number(f[exits]) }), NOTHING)
}
