import { conditions } from '../condition.ts'

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(n => `"${n}"`).join(', '))

/** Conditions of `project/` and `cli/`: a project's files, catalog, pipelines and hooks. */
export const project = conditions({
  PROJECT_NOT_FOUND: {
    domain: 'user',
    message: (p: { directory: string }) => `there is no project at or above "${p.directory}"`,
    hint: () => 'A project has a directory conf/base. Call millrace inside one, or name it: --project DIR.',
  },
  PROJECT_FILE: {
    domain: 'user',
    message: (p: { file: string; why: string; instead: string }) => `"${p.file}" ${p.why}`,
    hint: (p: { instead: string }) => p.instead,
  },
  CONF_FILE_INVALID: {
    domain: 'user',
    message: (p: { file: string; line: number; column: number; problem: string }) => `${p.file}:${p.line}:${p.column} ${p.problem}`,
    hint: () => 'Mend the file; nothing was started.',
  },
  CONF_DUPLICATE_ENTRY: {
    domain: 'user',
    message: (p: { name: string; first: string; second: string }) => `"${p.name}" stands twice: at ${p.first} and at ${p.second}`,
    hint: () =>
      'Keep one of them. An environment (conf/local, conf/prod) may replace what stands in conf/base; two files of one environment may not.',
  },
  CONF_ENVIRONMENT_UNKNOWN: {
    domain: 'user',
    message: (p: { env: string; suggestion: string; known: readonly string[] }) => `there is no environment "${p.env}"${p.suggestion}`,
    hint: (p: { env: string; known: readonly string[] }) => `Make the directory conf/${p.env}, or use one of ${list(p.known)}.`,
  },
  CONF_REFERENCE: {
    domain: 'user',
    message: (p: { at: string; reference: string; why: string; instead: string }) => `${p.at} "${p.reference}" ${p.why}`,
    hint: (p: { instead: string }) => p.instead,
  },
  CATALOG_INVALID: {
    domain: 'user',
    message: (p: { problems: readonly string[] }) =>
      p.problems.length === 1 ? `the catalog has a mistake: ${p.problems[0]}` : `the catalog has ${p.problems.length} mistakes`,
    hint: () =>
      'Mend the file; nothing was started. "millrace catalog check" looks at every entry, "millrace catalog schema" helps editors.',
  },
  DATASET_UNKNOWN: {
    domain: 'user',
    message: (p: { name: string; suggestion: string }) => `the catalog has no data set "${p.name}"${p.suggestion}`,
    hint: () => 'See "millrace catalog list".',
  },
  DATASET_WITHOUT_SCHEMA: {
    domain: 'user',
    message: (p: { name: string; format: string; at: string; nodes: readonly string[] }) =>
      `the ${p.format} stream "${p.name}" (${p.at}) has no schema, and ${p.nodes.length === 1 ? 'the node' : 'the nodes'} ${list(p.nodes)} read it`,
    hint: (p: { name: string }) =>
      `Declare its columns under "${p.name}": load_args: { schema: { filepath: conf/base/schemas/${p.name}.json } }, or schema: "a int, b string".`,
  },
  DATASET_WITHOUT_CHECKPOINT: {
    domain: 'user',
    message: (p: { name: string; format: string; at: string }) =>
      `the ${p.format} stream "${p.name}" (${p.at}) is written without a checkpoint: a restart would not know where it was`,
    hint: (p: { name: string }) =>
      `Write under "${p.name}": save_args: { checkpoint: data/checkpoints/${p.name} }, or set spark.sql.streaming.checkpointLocation in conf/base/spark.yml.`,
  },
  DATASET_SCHEMA_DIFFERS: {
    domain: 'user',
    message: (p: { name: string; node: string; differences: readonly string[] }) =>
      `what node "${p.node}" writes is not what "${p.name}" declares: ${p.differences.join('; ')}`,
    hint: () => 'Change the schema in the catalog, or select these columns in this order in the node.',
  },
  DATASET_CANNOT: {
    domain: 'user',
    message: (p: { name: string; what: string; why: string; instead: string }) => `"${p.name}" cannot be ${p.what}: ${p.why}`,
    hint: (p: { instead: string }) => p.instead,
  },
  DATASET_FAILED: {
    domain: 'user',
    message: (p: { name: string; what: string; reason: string }) => `"${p.name}" was not ${p.what}: ${p.reason}`,
    hint: (p: { name: string }) => `Look at the entry "${p.name}" in the catalog and at what it names.`,
  },
  PARAMETER_MISSING: {
    domain: 'user',
    message: (p: { name: string; suggestion: string }) => `there is no parameter "${p.name}"${p.suggestion}`,
    hint: (p: { name: string }) => `Write it into conf/base/parameters.yml, or give --params ${p.name}=….`,
  },
  NODE_INVALID: {
    domain: 'user',
    message: (p: { node: string; why: string; instead: string }) => `node "${p.node}" ${p.why}`,
    hint: (p: { instead: string }) => p.instead,
  },
  NODE_FAILED: {
    domain: 'user',
    message: (p: { node: string; reason: string }) => `node "${p.node}" failed: ${p.reason}`,
    hint: () => 'What depends on it did not run. Mend it and run again.',
  },
  PIPELINE_UNKNOWN: {
    domain: 'user',
    message: (p: { name: string; suggestion: string; known: readonly string[] }) => `there is no pipeline "${p.name}"${p.suggestion}`,
    hint: (p: { known: readonly string[] }) => `The project has ${list(p.known)}.`,
  },
  PIPELINE_NAME_UNKNOWN: {
    domain: 'user',
    message: (p: { what: string; name: string; suggestion: string }) => `the pipeline has no ${p.what} "${p.name}"${p.suggestion}`,
    hint: () => 'See "millrace plan" for the nodes and data sets of the pipeline.',
  },
  PIPELINE_DUPLICATE_NODE: {
    domain: 'user',
    message: (p: { node: string }) => `two nodes are named "${p.node}"`,
    hint: () => 'Give one of them another name, or a namespace.',
  },
  PIPELINE_DUPLICATE_OUTPUT: {
    domain: 'user',
    message: (p: { dataset: string; nodes: readonly string[] }) => `"${p.dataset}" is written by ${p.nodes.length} nodes`,
    hint: () => 'A data set has one writer: give the outputs different names, or unite the rows in one node.',
  },
  PIPELINE_CYCLE: {
    domain: 'user',
    message: (p: { nodes: readonly string[] }) => `the nodes ${list(p.nodes)} wait for each other`,
    hint: () => 'Take one of the arrows away: a node cannot read what is made from its own output.',
  },
  SETTINGS_INVALID: {
    domain: 'user',
    message: (p: { file: string; problem: string; instead: string }) => `${p.file}: ${p.problem}`,
    hint: (p: { instead: string }) => p.instead,
  },
  HOOK_FAILED: {
    domain: 'user',
    message: (p: { hook: string; owner: string; reason: string }) => `the hook ${p.owner}.${p.hook} failed: ${p.reason}`,
    hint: () => 'Mend the hook; what it stands before was not done.',
  },
  COMMAND_USAGE: {
    domain: 'user',
    message: (p: { problem: string; see: string }) => p.problem,
    hint: (p: { see: string }) => `See "${p.see}".`,
  },
})
