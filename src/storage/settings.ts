/** Looks up a session's setting. */
export type Conf = (key: string) => string | undefined

/** `fs.s3a.bucket.<bucket>.endpoint` before `fs.s3a.endpoint`, as in Hadoop. */
export const s3Conf =
  (conf: Conf, bucket: string): Conf =>
  key =>
    given(conf(`fs.s3a.bucket.${bucket}.${key}`)) ?? given(conf(`fs.s3a.${key}`))

/** `fs.azure.account.key.<account>.dfs.core.windows.net`, the same with `.blob.`, and without the account: for all accounts. */
export const azureConf =
  (conf: Conf, account: string): Conf =>
  key =>
    [`${key}.${account}.dfs.core.windows.net`, `${key}.${account}.blob.core.windows.net`, `${key}.${account}`, key]
      .map(name => given(conf(`fs.azure.${name}`)))
      .find(value => value !== undefined)

export const given = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim()
