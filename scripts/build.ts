import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')

/**
 * The package as a person loads it: some forty files instead of four hundred, because Node spends most of a cold start on finding and opening
 * modules. What `wiring.ts` loads lazily stays in files of its own.
 */
export async function bundle(directory: string): Promise<void> {
  const build = await rolldown({
    input: {
      index: join(ROOT, 'src/index.ts'),
      'testing/index': join(ROOT, 'src/testing/index.ts'),
      'project/index': join(ROOT, 'src/project/index.ts'),
      'cli/main': join(ROOT, 'src/cli/main.ts'),
    },
    platform: 'node',
    external: [/^node:/, /^@duckdb\//],
    onwarn: () => {},
  })
  await build.write({ dir: directory, format: 'esm', sourcemap: true, chunkFileNames: 'chunks/[name]-[hash].js' })
  await build.close()
}

if (import.meta.main) {
  const dist = join(ROOT, 'dist')
  rmSync(dist, { recursive: true, force: true })
  const types = spawnSync(
    'tsc',
    ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--sourceMap', 'false', '--inlineSources', 'false'],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  )
  if (types.status !== 0) process.exit(types.status ?? 1)
  await bundle(dist)
}
