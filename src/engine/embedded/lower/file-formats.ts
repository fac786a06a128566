/** Sources of these formats are files: decoded by their own format, or read by DuckDB. */
export const FILE_FORMATS: ReadonlySet<string> = new Set(['csv', 'json', 'text', 'parquet', 'avro'])
