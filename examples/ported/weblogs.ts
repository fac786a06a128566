import { col, type DataFrame, type Session, type StreamingQuery, split } from '../../src/index.ts'

/** A web server's log line, split at blanks into the table's seventeen columns. Lines such as `#Fields:` are comments, not records. */
export function logData(lines: DataFrame<any, any>): DataFrame<any, any> {
  const records = lines.where("NOT startswith(value, '#')").select(split(col('value').cast('string'), ' ').as('data'))
  return records.selectExpr(
    'CAST(data[0] as string) as date',
    'CAST(data[1] as string) as time',
    'CAST(data[2] as string) as c_ip',
    'CAST(data[3] as string) as cs_username',
    'CAST(data[4] as string) as s_sitename',
    'CAST(data[5] as string) as s_computername',
    'CAST(data[6] as string) as s_ip',
    'CAST(data[7] as int) as s_port',
    'CAST(data[8] as string) as cs_method',
    'CAST(data[9] as string) as cs_uri_stem',
    'CAST(data[10] as string) as cs_uri_query',
    'CAST(data[11] as int) as sc_status',
    'CAST(data[12] as int) as time_taken',
    'CAST(data[13] as string) as cs_version',
    'CAST(data[14] as string) as cs_host',
    'CAST(data[15] as string) as User_Agent',
    'CAST(data[16] as string) as Referer',
  )
}

export async function weblogs(
  session: Session,
  logs: string,
  out: string,
  checkpoint: string,
  every = '30 seconds',
): Promise<StreamingQuery> {
  return await logData(session.readStream.format('text').load(logs))
    .writeStream.format('parquet')
    .option('checkpointLocation', checkpoint)
    .trigger({ processingTime: every })
    .start(out)
}
