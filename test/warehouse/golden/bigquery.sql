CREATE OR REPLACE EXTERNAL TABLE `shop`.`clicks_lake`
WITH PARTITION COLUMNS (
  `day` DATE
)
OPTIONS (
  format = 'PARQUET',
  uris = ['gs://lake/clicks/*'],
  hive_partition_uri_prefix = 'gs://lake/clicks',
  enable_list_inference = TRUE
);

CREATE TABLE IF NOT EXISTS `shop`.`clicks` (
  `id` INT64 NOT NULL,
  `user` STRING,
  `price` NUMERIC(10, 2),
  `tags` ARRAY<STRING>,
  `place` STRUCT<`city` STRING, `zip` INT64>,
  `seen` TIMESTAMP,
  `local` DATETIME,
  `raw` BYTES,
  `day` DATE
);

MERGE INTO `shop`.`clicks` AS t
USING (
SELECT `id`, `user`, `price`, `tags`, `place`, `seen`, `local`, `raw`, `day`
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `id`, `day` ORDER BY `seen` DESC) AS row_of_key FROM `shop`.`clicks_lake`) AS numbered
  WHERE row_of_key = 1
) AS s
ON t.`id` = s.`id` AND t.`day` = s.`day`
WHEN MATCHED THEN UPDATE SET `user` = s.`user`, `price` = s.`price`, `tags` = s.`tags`, `place` = s.`place`, `seen` = s.`seen`, `local` = s.`local`, `raw` = s.`raw`
WHEN NOT MATCHED THEN INSERT (`id`, `user`, `price`, `tags`, `place`, `seen`, `local`, `raw`, `day`) VALUES (s.`id`, s.`user`, s.`price`, s.`tags`, s.`place`, s.`seen`, s.`local`, s.`raw`, s.`day`);
