/** Formats of files whose columns a stream does not find out by itself. Any other format knows its own, and takes no other. */
const WITHOUT_COLUMNS: ReadonlySet<string> = new Set(['csv', 'json', 'parquet', 'avro'])

/** Does a stream of this format need columns that somebody declares? */
export const needsColumns = (format: string): boolean => WITHOUT_COLUMNS.has(format.toLowerCase())

/** Is it a format of files, which have a path? */
export const isFiles = (format: string): boolean => needsColumns(format) || format.toLowerCase() === 'text'
