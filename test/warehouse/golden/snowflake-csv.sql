CREATE EXTERNAL TABLE IF NOT EXISTS "raw"."users" (
  "id" NUMBER(10, 0) AS (VALUE:c1::NUMBER(10, 0)),
  "name" VARCHAR AS (VALUE:c2::VARCHAR)
)
LOCATION = @lake/clicks/
FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)
AUTO_REFRESH = FALSE;

ALTER EXTERNAL TABLE "raw"."users" REFRESH;

CREATE TABLE IF NOT EXISTS "users" (
  "id" NUMBER(10, 0),
  "name" VARCHAR
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
