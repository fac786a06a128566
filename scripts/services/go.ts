import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, lacking } from './command.ts'
import { installed, isInstalled } from './install.ts'
import { cacheDirectory } from './service.ts'

export const GO_HINT = 'install Go 1.24 or newer (https://go.dev/dl, Debian: apt-get install golang)'

/** A program that `go install` builds. */
export interface GoProgram {
  /** The name of the program. */
  readonly name: string
  /** What to install, e.g. `github.com/versity/versitygw/cmd/versitygw`. */
  readonly path: string
  readonly version: string
}

const folderOf = ({ name, version }: GoProgram): string => `${name}-${version}`

export const lackingGo = (program: GoProgram): string | undefined => (isInstalled(folderOf(program)) ? undefined : lacking({ go: GO_HINT }))

/** Where the program lies; built on first use, which takes some minutes, unless `<cache>/bin` already holds that version. */
export async function goProgram(program: GoProgram): Promise<string> {
  const { name, path, version } = program
  const folder = await installed(folderOf(program), async directory => {
    const built = join(cacheDirectory(), 'bin', name)
    if (await isVersion(built, version)) await copyFile(built, join(directory, name))
    else await command('go', ['install', `${path}@v${version}`], { env: { GOBIN: directory }, hint: GO_HINT })
  })
  return join(folder, name)
}

async function isVersion(file: string, version: string): Promise<boolean> {
  if (!existsSync(file)) return false
  const told = await command('go', ['version', '-m', file], { hint: GO_HINT })
  return told.split('\n').some(line => line.startsWith('\tmod\t') && line.split('\t')[3] === `v${version}`)
}
