CREATE EXTERNAL TABLE IF NOT EXISTS "shop"."clicks_lake" (
  "id" NUMBER(19, 0) AS (VALUE:"id"::NUMBER(19, 0)),
  "user" VARCHAR AS (VALUE:"user"::VARCHAR),
  "price" NUMBER(10, 2) AS (VALUE:"price"::NUMBER(10, 2)),
  "tags" ARRAY AS (VALUE:"tags"::ARRAY),
  "place" OBJECT AS (VALUE:"place"::OBJECT),
  "seen" TIMESTAMP_LTZ(6) AS (VALUE:"seen"::TIMESTAMP_LTZ(6)),
  "local" TIMESTAMP_NTZ(6) AS (VALUE:"local"::TIMESTAMP_NTZ(6)),
  "raw" BINARY AS (VALUE:"raw"::BINARY),
  "day" DATE AS (SPLIT_PART(SPLIT_PART(METADATA$FILENAME, 'day=', 2), '/', 1)::DATE)
)
PARTITION BY ("day")
LOCATION = @lake/clicks/
FILE_FORMAT = (TYPE = PARQUET)
AUTO_REFRESH = FALSE;

ALTER EXTERNAL TABLE "shop"."clicks_lake" REFRESH;

CREATE TABLE IF NOT EXISTS "shop"."clicks" (
  "id" NUMBER(19, 0) NOT NULL,
  "user" VARCHAR,
  "price" NUMBER(10, 2),
  "tags" ARRAY,
  "place" OBJECT,
  "seen" TIMESTAMP_LTZ(6),
  "local" TIMESTAMP_NTZ(6),
  "raw" BINARY,
  "day" DATE
);

MERGE INTO "shop"."clicks" AS t
USING (
SELECT "id", "user", "price", "tags", "place", "seen", "local", "raw", "day"
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "id", "day" ORDER BY "seen" DESC) AS row_of_key FROM "shop"."clicks_lake") AS numbered
  WHERE row_of_key = 1
) AS s
ON t."id" = s."id" AND t."day" = s."day"
WHEN MATCHED THEN UPDATE SET "user" = s."user", "price" = s."price", "tags" = s."tags", "place" = s."place", "seen" = s."seen", "local" = s."local", "raw" = s."raw"
WHEN NOT MATCHED THEN INSERT ("id", "user", "price", "tags", "place", "seen", "local", "raw", "day") VALUES (s."id", s."user", s."price", s."tags", s."place", s."seen", s."local", s."raw", s."day");
