CREATE EXTENSION IF NOT EXISTS parquet_s3_fdw;

CREATE SERVER IF NOT EXISTS lake FOREIGN DATA WRAPPER parquet_s3_fdw;

CREATE FOREIGN TABLE IF NOT EXISTS "shop"."clicks_lake" (
  "id" bigint,
  "user" text,
  "price" numeric(10,2),
  "tags" text[],
  "place" jsonb,
  "seen" timestamp with time zone,
  "local" timestamp without time zone,
  "raw" bytea,
  "day" date
)
SERVER lake OPTIONS (dirname 's3://lake/clicks');

CREATE TABLE IF NOT EXISTS "shop"."clicks" (
  "id" bigint NOT NULL,
  "user" text,
  "price" numeric(10,2),
  "tags" text[],
  "place" jsonb,
  "seen" timestamp with time zone,
  "local" timestamp without time zone,
  "raw" bytea,
  "day" date
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
