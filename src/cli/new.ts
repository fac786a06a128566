import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { didYouMean } from '../errors/index.ts'
import { text, usage } from './arguments.ts'
import { type Command, EXIT } from './command.ts'
import { projectFiles, STARTERS } from './starters.ts'

/** `millrace new`. */
export const newProject: Command = {
  name: 'new',
  summary: 'Makes a project that runs.',
  about: Object.entries(STARTERS)
    .map(([name, s]) => `${name.padEnd(6)} ${s.summary}`)
    .join('\n'),
  arguments: [{ name: 'DIRECTORY', describe: 'Where it is made; must not be there, or be empty.', required: true }],
  options: {
    starter: { type: 'string', short: 's', value: 'NAME', default: 'files', describe: `${Object.keys(STARTERS).join(', ')}.` },
    package: {
      type: 'string',
      value: 'SPEC',
      describe: 'What package.json says about millrace: a version, or file:../millrace-0.1.0.tgz.',
    },
  },
  examples: ['millrace new demo && cd demo && npm install && npm start', 'millrace new clicks --starter kafka'],
  run: async ({ arguments: [directory], options, platform, out }) => {
    const name = text(options, 'starter') ?? 'files'
    const starter = STARTERS[name]
    if (!starter) throw usage(`there is no starter "${name}"${didYouMean(name, Object.keys(STARTERS))}`, 'new')
    const root = resolve(platform.process.cwd, directory!)
    if ((await platform.files.list(root)).length > 0 || (await platform.files.stat(root))?.isDirectory === false)
      throw usage(`"${directory}" is there already and not empty`, 'new')
    const project =
      basename(root)
        .toLowerCase()
        .replaceAll(/[^a-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '') || 'streams'
    const files = projectFiles(project, starter, text(options, 'package'), knownVersions())
    for (const [path, content] of Object.entries(files)) {
      await platform.files.makeDir(dirname(join(root, path)))
      await platform.files.write(join(root, path), new TextEncoder().encode(content))
    }
    if (out.json) out.print(JSON.stringify({ directory: root, files: Object.keys(files) }))
    else out.print(`made ${directory} (${starter.summary})\n\n  cd ${directory}\n  npm install\n  npm start\n\n${starter.then}`)
    return EXIT.ok
  },
}

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** The versions that this package is tested with. */
function knownVersions(): Readonly<Record<string, string>> {
  const { peerDependencies, devDependencies } = createRequire(import.meta.url)('millrace/package.json') as Manifest
  return { ...devDependencies, ...peerDependencies }
}
