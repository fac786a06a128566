/**
 * `npm run doors`: who may import whom. The table of rooms is data (docs/architecture.md shows it); a forbidden import is printed with the
 * sentence of the room it stands in. Also: outside packages and the taps to the outside world have one room each, and no two files import
 * each other in a circle at run time. Tests may import more.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Room {
  /** Rooms and single files it may import, besides itself. A name with a slash is a file or a room inside a room. */
  readonly may: readonly string[]
  readonly sentence: string
}
const below = ['errors', 'types', 'platform', 'observe']

/** The rooms under src/. A file belongs to the longest path that it begins with. */
export const ROOMS: Readonly<Record<string, Room>> = {
  errors: { may: [], sentence: 'errors/ is the ground: it imports nothing' },
  platform: { may: ['errors'], sentence: 'platform/ holds the taps to the outside and knows only errors/' },
  types: { may: ['errors'], sentence: 'types/ says what a value is and knows only errors/' },
  observe: { may: ['types', 'errors', 'platform'], sentence: 'observe/ holds records and events, no engine' },
  plan: { may: ['types', 'errors'], sentence: 'plan/ is data: nothing in it is resolved or run' },
  functions: { may: ['types', 'errors'], sentence: 'functions/ is a table: how a function runs is the engine’s affair' },
  sql: { may: ['functions', 'plan', 'types', 'errors'], sentence: 'sql/ turns text into plan nodes and back' },
  analyze: { may: ['functions', 'sql', 'plan', 'types', 'errors'], sentence: 'analyze/ resolves names and types; it runs nothing' },
  storage: { may: ['errors', 'platform'], sentence: 'storage/ keeps objects by name and does not know what is in them' },
  formats: { may: ['types', 'errors', 'storage', 'platform'], sentence: 'formats/ turns bytes into columns and back' },
  tables: { may: ['errors', 'platform', 'storage'], sentence: 'tables/ says which tables there are, and where; not what is in them' },
  connectors: {
    may: ['formats', 'plan', 'types', 'errors', 'platform', 'storage'],
    sentence: 'connectors/ know neither SQL nor DuckDB nor the loop',
  },
  checkpoint: { may: ['types', 'errors', 'storage', 'platform'], sentence: 'checkpoint/ keeps the ledger and runs nothing' },
  state: {
    may: ['types', 'errors', 'storage', 'platform', 'checkpoint'],
    sentence: 'state/ decides about versions of files; the rows are the engine’s',
  },
  microbatch: {
    may: ['connectors/contract.ts', 'state', 'checkpoint', 'storage', ...below],
    sentence: 'microbatch/ is the heart and knows neither plan nor DuckDB',
  },
  'engine/contract.ts': { may: ['plan', ...below], sentence: 'the engine’s contract knows plans, not engines' },
  'engine/embedded': {
    may: [
      'engine/contract.ts',
      'microbatch',
      'analyze',
      'functions',
      'sql',
      'plan',
      'state',
      'checkpoint',
      'formats',
      'storage',
      'tables',
      'connectors',
      ...below,
    ],
    sentence: 'engine/embedded/ runs plans on DuckDB and is known to nobody but wiring.ts',
  },
  'engine/connect': {
    may: ['engine/contract.ts', 'plan', ...below],
    sentence: 'engine/connect/ speaks to a Spark server and shares nothing with the embedded engine',
  },
  api: {
    may: ['engine/contract.ts', 'analyze', 'functions', 'sql', 'plan', 'wiring.ts', ...below],
    sentence: 'api/ builds plans: it meets engines through their contract alone',
  },
  'project/conf': { may: ['errors', 'platform'], sentence: 'project/conf/ reads files with the place of everything in them' },
  'project/pipeline': { may: ['api', ...below], sentence: 'project/pipeline/ knows data sets by name only: it never imports the catalog' },
  'project/hooks': { may: ['project/pipeline', 'api', ...below], sentence: 'project/hooks/ says who is told what, and in which order' },
  'project/catalog': {
    may: ['project/conf', 'api', 'wiring.ts', 'plan', ...below],
    sentence: 'project/catalog/ says what data sets are; it knows no pipeline',
  },
  'project/runner': {
    may: ['project/catalog', 'project/pipeline', 'project/hooks', 'project/conf', 'api', 'plan', ...below],
    sentence: 'project/runner/ is where names meet data',
  },
  project: {
    may: ['project/catalog', 'project/pipeline', 'project/hooks', 'project/runner', 'project/conf', 'api', 'wiring.ts', ...below],
    sentence: 'project/ is a folder with conf/, settings and pipelines',
  },
  server: {
    may: ['api', 'engine/contract.ts', 'plan', 'sql', 'types', 'errors', 'platform', 'observe'],
    sentence: 'server/ opens doors for others',
  },
  testing: {
    may: [
      'index.ts',
      'wiring.ts',
      'api',
      'engine',
      'engine/embedded',
      'engine/contract.ts',
      'microbatch',
      'connectors',
      'storage',
      'formats',
      'state',
      'checkpoint',
      'plan',
      'sql',
      'analyze',
      'functions',
      ...below,
    ],
    sentence: 'testing/ is the public kit over everything',
  },
  cli: { may: ['project', 'server', 'wiring.ts', 'api', 'index.ts', ...below], sentence: 'cli/ has one file a command' },
  'wiring.ts': {
    may: [
      'engine/contract.ts',
      'engine/embedded',
      'engine/connect',
      'connectors',
      'storage',
      'tables',
      'formats',
      'plan',
      'analyze',
      'watch',
      ...below,
    ],
    sentence: 'wiring.ts is the fuse box: names to lazy imports',
  },
  watch: { may: ['sql', 'plan', ...below], sentence: 'watch/ listens to queries and knows neither sessions nor engines' },
  'index.ts': {
    may: ['api', 'wiring.ts', 'types', 'errors', 'observe', 'platform', 'functions', 'plan'],
    sentence: 'index.ts names what is public',
  },
}

/** Packages and builtins that have only these rooms. Anything else from outside is refused everywhere. */
const OUTSIDE: readonly { readonly name: RegExp; readonly rooms: readonly string[]; readonly why: string }[] = [
  { name: /^@duckdb\/node-(api|bindings)$/, rooms: ['engine/embedded/duck'], why: 'DuckDB is known in engine/embedded/duck/ only' },
  {
    name: /^(kafkajs|node-rdkafka|@confluentinc\/.*|@platformatic\/kafka)$/,
    rooms: ['connectors/kafka'],
    why: 'the Kafka client is known in connectors/kafka/ only',
  },
  {
    name: /^(@grpc\/.*|@bufbuild\/.*|@connectrpc\/.*|protobufjs)$/,
    rooms: ['engine/connect', 'server'],
    why: 'gRPC and protobuf are known in engine/connect/ and server/ only',
  },
  {
    name: /^yaml$/,
    rooms: ['project/conf', 'connectors/kafka/topics'],
    why: 'YAML is known in project/conf/ and where topics are declared',
  },
  { name: /^@platformatic\/wasm-utils$/, rooms: ['formats'], why: 'codecs are known in formats/compression.ts only' },
  { name: /^pg(-copy-streams)?$/, rooms: ['connectors/postgresql'], why: 'the PostgreSQL client is known in connectors/postgresql/ only' },
  { name: /^jks-js$/, rooms: ['connectors/kafka/client'], why: 'Java key stores are read in connectors/kafka/client/ only' },
  { name: /^(@aws-sdk\/.*|@google-cloud\/.*|@azure\/.*)$/, rooms: ['storage'], why: 'cloud clients are known in storage/ only' },
  { name: /^snowflake-sdk$/, rooms: ['connectors/snowflake'], why: 'Snowflake’s driver is known in connectors/snowflake/ only' },
  {
    name: /^node:(fs|fs\/promises|os|timers|timers\/promises|child_process|worker_threads|readline)$/,
    rooms: ['platform'],
    why: 'the outside world comes through platform/, so that the crash tests see it',
  },
  {
    name: /^node:(net|tls|http|https|http2)$/,
    rooms: ['platform', 'connectors', 'server', 'watch'],
    why: 'sockets are opened by connectors, servers and platform/',
  },
  {
    name: /^node:(path|url|util|buffer|crypto|zlib|events|stream|stream\/promises|diagnostics_channel|async_hooks|assert|assert\/strict|module|perf_hooks|string_decoder)$/,
    rooms: [''],
    why: '',
  },
  { name: /^(vitest|fast-check)$/, rooms: ['testing'], why: 'test tools stand in tests and in testing/' },
]

/** Globals that reach outside. Only platform/ uses them. */
const TAPS: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\s*\(/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\s*\(/, 'Math.random'],
  [/(?<![\w.])(?:setTimeout|setInterval|setImmediate)\s*\(/, 'timers'],
  [/\bprocess\.env\b/, 'process.env'],
  [/\bperformance\.now\s*\(/, 'performance.now'],
]

interface Import {
  readonly from: string
  readonly to: string
  readonly line: number
  /** `import()` and imports of types alone make no circle at run time. */
  readonly runtime: boolean
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:([\w*\s{},$]+?)\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

/** Comments blanked, line breaks and strings kept. */
const bare = (source: string): string =>
  source.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, m =>
    m.startsWith('/') ? m.replace(/[^\n]/g, ' ') : m,
  )

export function importsOf(file: string, source: string): Import[] {
  return [...bare(source).matchAll(IMPORT)].map(m => {
    const names =
      m[2]
        ?.match(/\{([^}]*)\}/)?.[1]
        ?.split(',')
        .filter(n => n.trim() !== '') ?? []
    const onlyTypes =
      m[1] !== undefined || (names.length > 0 && !/^\s*[\w$]+\s*,/.test(m[2]!) && names.every(n => n.trim().startsWith('type ')))
    const line = source.slice(0, m.index + m[0].search(/\S/)).split('\n').length
    return { from: file, to: m[3] ?? m[4]!, line, runtime: !onlyTypes && m[4] === undefined }
  })
}

/** The room of a file under src/. */
export const roomOf = (file: string): string =>
  Object.keys(ROOMS)
    .filter(room => file === room || file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0] ?? file

const allowed = (may: readonly string[], room: string, target: string): boolean =>
  room === roomOf(target) || may.some(m => target === m || target.startsWith(`${m}/`))

/** What is wrong with one import, or nothing. */
export function verdict({ from, to }: Pick<Import, 'from' | 'to'>): string | undefined {
  const room = roomOf(from)
  const rules = ROOMS[room]
  if (!rules) return `${room} is no room: add it to the table in scripts/check-doors.ts`
  if (to.startsWith('.')) {
    const target = join(dirname(from), to).split(sep).join('/')
    return target.startsWith('..') ? 'src/ imports nothing beside it' : allowed(rules.may, room, target) ? undefined : rules.sentence
  }
  const outside = OUTSIDE.find(o => o.name.test(to))
  if (!outside) return `"${to}" has no room: add it to the table in scripts/check-doors.ts`
  return outside.rooms.some(r => r === '' || from.startsWith(`${r}/`)) ? undefined : outside.why
}

/** Tests, and the helpers of a room's tests. */
const isTest = (file: string): boolean => /\.test\.ts$|\.test-d\.ts$|\/testing\.ts$/.test(file)

/** Circles of run-time imports, each once, as the files on the way. */
export function circles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>()
  for (const i of imports.filter(i => i.runtime && i.to.startsWith('.'))) {
    edges.set(i.from, [...(edges.get(i.from) ?? []), join(dirname(i.from), i.to).split(sep).join('/')])
  }
  const found: string[][] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file)
    if (at >= 0) found.push([...way.slice(at), file])
    if (at >= 0 || done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of edges.keys()) visit(file, [])
  return found
}

/** Every forbidden import, tap and circle under `src`, one line each. */
export function checkDoors(src: string): string[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map(f => f.split(sep).join('/'))
    .filter(f => f.endsWith('.ts') && !isTest(f))
    .sort()
  const problems: string[] = []
  const imports: Import[] = []
  for (const file of files) {
    const source = readFileSync(join(src, file), 'utf8')
    const own = importsOf(file, source)
    imports.push(...own)
    for (const i of own) {
      const why = verdict(i)
      if (why !== undefined) problems.push(`src/${file}:${i.line} imports ${i.to}: ${why}`)
      else if (i.to.startsWith('.') && !existsSync(join(src, dirname(file), i.to)))
        problems.push(`src/${file}:${i.line} imports ${i.to}: no such file`)
    }
    if (roomOf(file) !== 'platform') problems.push(...tapsIn(file, bare(source)))
  }
  return [...problems, ...circles(imports).map(c => `circle: ${c.map(f => `src/${f}`).join(' -> ')}`)]
}

const tapsIn = (file: string, source: string): string[] =>
  source
    .split('\n')
    .flatMap((line, i) =>
      TAPS.filter(([tap]) => tap.test(line)).map(
        ([, name]) => `src/${file}:${i + 1} uses ${name}: the outside world comes through platform/`,
      ),
    )

if (import.meta.main) {
  const src = relative(process.cwd(), fileURLToPath(new URL('../src', import.meta.url))) || '.'
  const problems = checkDoors(src)
  for (const problem of problems) console.error(problem)
  console.log(problems.length === 0 ? 'all doors are respected' : `${problems.length} forbidden`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
