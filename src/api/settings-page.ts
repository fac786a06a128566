import { FAMILIES, SETTINGS, type SettingRow } from './settings-table.ts'
import { STORE_FAMILIES } from './store-settings.ts'

const FATES: { readonly [D in SettingRow['do']]: (row: Extract<SettingRow, { do: D }>) => string } = {
  honour: r => `honoured${r.default === undefined ? '' : `, default \`${r.default}\``}: ${r.doc}`,
  accept: r => `without effect: ${r.why}`,
  refuse: r => `refused${r.unless === '' ? '' : ` unless \`${r.unless.replace('|', '` or `')}\``}: ${r.why}. ${r.instead}`,
}

/** The text of `docs/settings.md`. */
export function settingsPage(): string {
  const named = STORE_FAMILIES.map(({ name, row }) => [name, row] as const)
  const rows = [...Object.entries(SETTINGS), ...named].map(
    ([key, row]) => `| \`${key}\` | ${(FATES[row.do] as (r: SettingRow) => string)(row)} |`,
  )
  const families = FAMILIES.map(([prefix, why]) => `| \`${prefix}…\` | ${why} |`)
  return [
    '# Settings',
    '',
    'What becomes of each setting given to `Session.open({ conf })` or `session.conf.set(key, value)`. A key that is not here is refused, with the nearest known ones.',
    'Settings of object stores (`fs.…`) may also be written with `spark.hadoop.` in front, those of S3 as `fs.s3a.bucket.<bucket>.…` for one bucket; see `docs/object-stores.md`.',
    'A setting without effect is taken and reported once. This page is written by `scripts/generate-api.ts` from `src/api/settings-table.ts`.',
    '',
    '| key | what becomes of it |',
    '|---|---|',
    ...rows,
    '',
    'Taken without effect by how the key begins:',
    '',
    '| keys | why |',
    '|---|---|',
    ...families,
    '',
  ].join('\n')
}
