import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const root = dirname(dirname(import.meta.dirname))
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), path => readFileSync(path, 'utf8'))
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)

/** What the compiler says to each text, a list of messages a text; texts are modules that stand at the root of the checkout and import from `millrace`. */
export function compile(texts: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const files = new Map(Object.entries(texts).map(([name, text]) => [join(root, `${name}.ts`), text]))
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language)
  }
  const paths = {
    millrace: ['./src/index.ts'],
    'millrace/testing': ['./src/testing/index.ts'],
    'millrace/project': ['./src/project/index.ts'],
  }
  const program = ts.createProgram([...files.keys()], { ...options, paths, noEmit: true, incremental: false }, host)
  return Object.fromEntries(
    [...files.keys()].map((path, i) => {
      const source = program.getSourceFile(path)!
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      return [Object.keys(texts)[i]!, found.map(d => ts.flattenDiagnosticMessageText(d.messageText, '\n'))]
    }),
  )
}
