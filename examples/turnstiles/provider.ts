import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NOTHING, plus, type Slot, type Totals } from './messages.ts'

export interface ProviderOptions {
  /** Where the files land: what the stream reads. */
  readonly incoming: string
  /** What was sent, a small file a slot. */
  readonly ledger: string
  /** Event seconds per second, or `max`. */
  readonly speed: number | 'max'
  readonly slotSeconds: number
  readonly signal: AbortSignal
}

const fileName = (number: number): string => `slot-${String(number).padStart(6, '0')}.csv`
const numberOf = (name: string): number => Number(/^slot-(\d{6,})\.csv$/.exec(name)?.[1] ?? -1)

/**
 * Lands one file a slot, in order, each whole (written beside under a hidden name, then renamed). A provider that starts again goes on after
 * the highest number that landed; the ledger's entry of a slot is written before its file, and counts only once the file is there.
 */
export async function provide(slots: readonly Slot[], options: ProviderOptions): Promise<void> {
  await mkdir(options.incoming, { recursive: true })
  await mkdir(options.ledger, { recursive: true })
  const landed = await highest(options.incoming)
  let before: Slot | undefined
  for (const slot of slots) {
    if (slot.number > landed) {
      if (before && options.speed !== 'max') {
        const wait = ((slot.number - before.number) * options.slotSeconds * 1000) / options.speed
        await sleep(Math.min(wait, 2 ** 31 - 1), undefined, { signal: options.signal }).catch(() => {})
      }
      if (options.signal.aborted) return
      await land(slot, options)
    }
    before = slot
  }
}

async function land(slot: Slot, options: ProviderOptions): Promise<void> {
  const name = fileName(slot.number)
  await writeFile(join(options.ledger, `${name}.json`), JSON.stringify(slot.totals))
  const hidden = join(options.incoming, `.${name}`)
  await writeFile(hidden, slot.lines.map(line => `${line}\n`).join(''))
  await rename(hidden, join(options.incoming, name))
}

const highest = async (incoming: string): Promise<number> => Math.max(-1, ...(await readdir(incoming)).map(numberOf))

/** What the provider says it has sent: its ledger, up to the highest file that landed. */
export async function sent(incoming: string, ledger: string): Promise<Totals> {
  const landed = await highest(incoming)
  let totals = NOTHING
  for (const name of await readdir(ledger)) {
    if (numberOf(name.replace(/\.json$/, '')) <= landed)
      totals = plus(totals, JSON.parse(await readFile(join(ledger, name), 'utf8')) as Totals)
  }
  return totals
}
