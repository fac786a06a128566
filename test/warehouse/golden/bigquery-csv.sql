CREATE OR REPLACE EXTERNAL TABLE `raw`.`users` (
  `id` INT64,
  `name` STRING
)
OPTIONS (
  format = 'CSV',
  uris = ['gs://lake/clicks/*'],
  skip_leading_rows = 1
);

CREATE TABLE IF NOT EXISTS `users` (
  `id` INT64,
  `name` STRING
);

MERGE INTO `users` AS t
USING (
SELECT `id`, `name`
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `id`) AS row_of_key FROM `raw`.`users`) AS numbered
  WHERE row_of_key = 1
) AS s
ON t.`id` = s.`id`
WHEN MATCHED THEN UPDATE SET `name` = s.`name`
WHEN NOT MATCHED THEN INSERT (`id`, `name`) VALUES (s.`id`, s.`name`);
