import { allFields, columnLines, type Dialect, type Lake, mergeInto, named, oneOfEach, type WarehouseName } from './dialect.ts'
import { bigqueryType, postgresType, redshiftType, snowflakeType } from './types.ts'

const doubled = (name: string): string => `"${name.replaceAll('"', '""')}"`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

const mergeSelect = (lake: Lake, dialect: Dialect): readonly string[] => [
  mergeInto(lake, dialect, `(\n${oneOfEach(lake, dialect)}\n) AS s`, 't', ' AS t'),
]

const bigquery: Dialect = {
  quote: name => `\`${name.replaceAll('`', '\\`')}\``,
  type: bigqueryType,
  external: (lake, dialect) => {
    const { data, partitions, format, location } = lake
    // Parquet files say their columns themselves: BigQuery takes no others.
    const columns = format === 'parquet' ? '' : ` (\n${columnLines(data.fields, dialect)}\n)`
    const options = [
      `format = '${{ parquet: 'PARQUET', csv: 'CSV', json: 'NEWLINE_DELIMITED_JSON' }[format]}'`,
      `uris = [${text(`${location}/*`)}]`,
      ...(partitions.fields.length > 0 ? [`hive_partition_uri_prefix = ${text(location)}`] : []),
      ...(format === 'csv' ? ['skip_leading_rows = 1'] : []),
      // Else an array is read as the groups that Parquet makes of it.
      ...(format === 'parquet' && data.fields.some(f => f.dataType.kind === 'array') ? ['enable_list_inference = TRUE'] : []),
    ]
    const folders = partitions.fields.length === 0 ? '' : `\nWITH PARTITION COLUMNS (\n${columnLines(partitions.fields, dialect)}\n)`
    return [
      `CREATE OR REPLACE EXTERNAL TABLE ${named(lake.external, dialect)}${columns}${folders}\nOPTIONS (\n  ${options.join(',\n  ')}\n)`,
    ]
  },
  merge: mergeSelect,
}

const redshift: Dialect = {
  quote: doubled,
  type: redshiftType('table'),
  external: (lake, dialect) => {
    const { data, partitions, format, location } = lake
    const inLake: Dialect = { ...dialect, type: redshiftType('external') }
    const folders = partitions.fields.length === 0 ? '' : `\nPARTITIONED BY (\n${columnLines(partitions.fields, inLake)}\n)`
    const stored = {
      parquet: '\nSTORED AS PARQUET',
      csv: "\nROW FORMAT DELIMITED FIELDS TERMINATED BY ','\nSTORED AS TEXTFILE",
      json: "\nROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
    }[format]
    const header = format === 'csv' ? "\nTABLE PROPERTIES ('skip.header.line.count' = '1')" : ''
    const nullable = { fields: data.fields.map(f => ({ ...f, nullable: true })) }
    return [
      `CREATE EXTERNAL TABLE ${named(lake.external, dialect)} (\n${columnLines(nullable.fields, inLake)}\n)${folders}${stored}\nLOCATION ${text(`${location}/`)}${header}`,
    ]
  },
  // MERGE reads tables of the cluster, and the target has no second name.
  merge: (lake, dialect) => [
    `CREATE TEMPORARY TABLE s AS\n${oneOfEach(lake, dialect)}`,
    mergeInto(lake, dialect, 's', named(lake.table, dialect), ''),
    'DROP TABLE s',
  ],
}

const snowflake: Dialect = {
  quote: doubled,
  type: snowflakeType,
  external: (lake, dialect) => {
    const { data, partitions, format, location } = lake
    const own = data.fields.map((f, i) => {
      const value = format === 'csv' ? `VALUE:c${i + 1}` : `VALUE:${doubled(f.name)}`
      return `  ${doubled(f.name)} ${snowflakeType(f.dataType)} AS (${value}::${snowflakeType(f.dataType)})`
    })
    const folders = partitions.fields.map(f => {
      const part = `SPLIT_PART(SPLIT_PART(METADATA$FILENAME, ${text(`${f.name}=`)}, 2), '/', 1)`
      return `  ${doubled(f.name)} ${snowflakeType(f.dataType)} AS (${part}::${snowflakeType(f.dataType)})`
    })
    const by = partitions.fields.length === 0 ? '' : `\nPARTITION BY (${partitions.fields.map(f => doubled(f.name)).join(', ')})`
    const stage = location.startsWith('@') ? location : `@${named(lake.external, dialect)}_stage`
    const type = { parquet: 'TYPE = PARQUET', csv: 'TYPE = CSV SKIP_HEADER = 1', json: 'TYPE = JSON' }[format]
    return [
      ...(location.startsWith('@') ? [] : [`CREATE STAGE IF NOT EXISTS ${stage.slice(1)} URL = ${text(`${location}/`)}`]),
      `CREATE EXTERNAL TABLE IF NOT EXISTS ${named(lake.external, dialect)} (\n${[...own, ...folders].join(',\n')}\n)${by}\nLOCATION = ${stage}/\nFILE_FORMAT = (${type})\nAUTO_REFRESH = FALSE`,
      `ALTER EXTERNAL TABLE ${named(lake.external, dialect)} REFRESH`,
    ]
  },
  merge: mergeSelect,
}

const postgres: Dialect = {
  quote: doubled,
  type: postgresType,
  external: (lake, dialect) => {
    const { format, location } = lake
    const table = named(lake.external, dialect)
    const columns = `(\n${columnLines(
      allFields(lake).map(f => ({ ...f, nullable: true })),
      dialect,
    )}\n)`
    if (format === 'csv') {
      return [
        'CREATE EXTENSION IF NOT EXISTS file_fdw',
        'CREATE SERVER IF NOT EXISTS lake FOREIGN DATA WRAPPER file_fdw',
        `CREATE FOREIGN TABLE IF NOT EXISTS ${table} ${columns}\nSERVER lake OPTIONS (program ${text(`cat ${location}/*.csv`)}, format 'csv', header 'true')`,
      ]
    }
    return [
      'CREATE EXTENSION IF NOT EXISTS parquet_s3_fdw',
      'CREATE SERVER IF NOT EXISTS lake FOREIGN DATA WRAPPER parquet_s3_fdw',
      `CREATE FOREIGN TABLE IF NOT EXISTS ${table} ${columns}\nSERVER lake OPTIONS (dirname ${text(location)})`,
    ]
  },
  merge: mergeSelect,
}

export const DIALECTS: Readonly<Record<WarehouseName, Dialect>> = { bigquery, redshift, snowflake, postgres }
