CREATE EXTENSION IF NOT EXISTS file_fdw;

CREATE SERVER IF NOT EXISTS lake FOREIGN DATA WRAPPER file_fdw;

CREATE FOREIGN TABLE IF NOT EXISTS "raw"."users" (
  "id" integer,
  "name" text
)
SERVER lake OPTIONS (program 'cat s3://lake/clicks/*.csv', format 'csv', header 'true');

CREATE TABLE IF NOT EXISTS "users" (
  "id" integer,
  "name" text
);

MERGE INTO "users" AS t
USING (
SELECT "id", "name"
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "id") AS row_of_key FROM "raw"."users") AS numbered
  WHERE row_of_key = 1
) AS s
ON t."id" = s."id"
WHEN MATCHED THEN UPDATE SET "name" = s."name"
WHEN NOT MATCHED THEN INSERT ("id", "name") VALUES (s."id", s."name");
