import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './command.ts'
import { installed, isInstalled } from './install.ts'

export const PYTHON_HINT = 'install Python 3 with venv (Debian: apt-get install python3-venv)'

const nameOf = (packages: readonly string[]): string =>
  `python-${createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12)}`

export const hasPackages = (packages: readonly string[]): boolean => isInstalled(nameOf(packages))

/**
 * A Python that has these packages (`name==version`), as the words to put in front of a script's path: packages lie in one folder of the cache,
 * which unlike a virtual environment may be renamed once it is whole.
 */
export async function pythonWith(
  packages: readonly string[],
): Promise<{ readonly program: string; readonly env: Readonly<Record<string, string>> }> {
  const folder = await installed(nameOf(packages), async directory => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--target']
    await command('python3', [...pip, join(directory, 'site'), ...packages], { hint: PYTHON_HINT })
    await writeFile(join(directory, 'packages.txt'), `${packages.join('\n')}\n`)
  })
  return { program: 'python3', env: { PYTHONPATH: join(folder, 'site') } }
}
