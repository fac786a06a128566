import { dirname, join } from 'node:path'
import { MillraceError } from '../errors/index.ts'
import type { Platform } from '../platform/index.ts'
import { catalogSchema, problemLine, typeDeclarations } from '../project/catalog/index.ts'
import type { Project } from '../project/index.ts'
import { text } from './arguments.ts'
import { type Command, EXIT, IN_PROJECT, type OptionDoc, type Output } from './command.ts'
import { listing, table } from './output.ts'
import { open } from './run.ts'

const FILE: Readonly<Record<string, OptionDoc>> = {
  output: { type: 'string', short: 'o', value: 'FILE', describe: 'Writes into this file, relative to the project.' },
}

const list: Command = {
  name: 'catalog list',
  summary: 'Lists the data sets of the catalog.',
  options: IN_PROJECT,
  examples: ['millrace catalog list', 'millrace catalog list --env prod --json'],
  run: async call => {
    await using project = await open(call)
    const { catalog } = project
    const rows = await Promise.all(
      [...catalog.names()].map(async name => {
        const { entry, problems } = await catalog.read(name)
        const place = catalog.placeOf(name)!
        const wrong = problems.some(p => p.severity === 'error')
        return {
          name,
          kind: entry?.kind ?? '?',
          format: entry?.format ?? '',
          path: entry?.path ?? '',
          at: `${place.file}:${place.line}`,
          ok: !wrong,
        }
      }),
    )
    const relative = (path: string): string => path.replace(`${project.root}/`, '')
    if (call.out.json) call.out.print(JSON.stringify({ datasets: rows, factories: catalog.patterns() }))
    else {
      call.out.print(
        table(
          ['name', 'kind', 'format', 'path', 'where'],
          rows.map(r => [r.name, r.ok ? r.kind : `${r.kind} (mistakes)`, r.format, relative(r.path), r.at]),
        ),
      )
      for (const pattern of catalog.patterns()) call.out.print(`and every name like "${pattern}"`)
    }
    return EXIT.ok
  },
}

const describe: Command = {
  name: 'catalog describe',
  summary: 'Shows what a data set is. Secrets are masked.',
  arguments: [{ name: 'NAME', describe: 'The name of the data set; one that only a factory fits will do.', required: true }],
  options: IN_PROJECT,
  examples: ['millrace catalog describe processed.sensor'],
  run: async call => {
    await using project = await open(call)
    const { catalog } = project
    const name = call.arguments[0]!
    if (!catalog.has(name)) throw new MillraceError('DATASET_UNKNOWN', { name, suggestion: catalog.near(name) })
    const entry = await catalog.entry(name)
    const facts = await (await catalog.dataset(name)).describe()
    const { file, line } = catalog.placeOf(name)!
    const all = { name, ...facts, ...(entry?.pattern !== undefined && { factory: entry.pattern }), where: `${file}:${line}` }
    call.out.print(call.out.json ? JSON.stringify(all) : listing(all))
    return EXIT.ok
  },
}

const check: Command = {
  name: 'catalog check',
  summary: 'Looks for mistakes in the catalog; nothing is opened.',
  about: 'Every problem is a line FILE:LINE:COLUMN, so that editors jump to it. Warnings alone end with 0.',
  options: { ...IN_PROJECT, strict: { type: 'boolean', describe: 'Warnings count as mistakes.' } },
  examples: ['millrace catalog check', 'millrace catalog check --env prod --strict'],
  run: async call => {
    await using project = await open(call)
    const problems = await project.check()
    const errors = problems.filter(p => p.severity === 'error').length
    const { out } = call
    if (out.json) out.print(JSON.stringify({ problems }))
    else {
      for (const p of problems) out.print(p.severity === 'error' ? out.paint.red(problemLine(p)) : out.paint.yellow(problemLine(p)))
      out.note(`${project.catalog.names().length} data sets: ${errors} mistakes, ${problems.length - errors} warnings`)
    }
    return errors > 0 || (call.options['strict'] === true && problems.length > 0) ? EXIT.failed : EXIT.ok
  },
}

const schema: Command = {
  name: 'catalog schema',
  summary: 'Prints a JSON schema of catalog files, for editors.',
  about: 'With the YAML extension of an editor: "# yaml-language-server: $schema=../catalog.schema.json" as the first line of catalog.yml.',
  options: { ...IN_PROJECT, ...FILE },
  examples: ['millrace catalog schema --output conf/catalog.schema.json'],
  run: async call => {
    await using project = await open(call)
    return write(
      project,
      JSON.stringify(await catalogSchema(project.types), null, 2),
      call.platform,
      text(call.options, 'output'),
      call.out,
    )
  },
}

const types: Command = {
  name: 'catalog types',
  summary: 'Writes TypeScript types of the data sets, so that a wrong column in a node does not compile.',
  options: { ...IN_PROJECT, ...FILE },
  examples: ['millrace catalog types --output src/catalog.d.ts'],
  run: async call => {
    await using project = await open(call)
    return write(project, await typeDeclarations(project.catalog), call.platform, text(call.options, 'output'), call.out)
  },
}

/** To a file of the project, or to standard output. */
async function write(project: Project, content: string, { files }: Platform, file: string | undefined, out: Output): Promise<number> {
  if (file === undefined) out.print(content.trimEnd())
  else {
    const path = join(project.root, file)
    await files.makeDir(dirname(path))
    await files.write(path, new TextEncoder().encode(`${content.trimEnd()}\n`))
    out.note(`written: ${file}`)
  }
  return EXIT.ok
}

export const catalog: readonly Command[] = [list, describe, check, schema, types]
