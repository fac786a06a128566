CREATE EXTERNAL TABLE "shop"."clicks_lake" (
  "id" bigint,
  "user" varchar(65535),
  "price" decimal(10,2),
  "tags" array<varchar(65535)>,
  "place" struct<city:varchar(65535),zip:integer>,
  "seen" timestamp,
  "local" timestamp,
  "raw" varbyte(1024000)
)
PARTITIONED BY (
  "day" date
)
STORED AS PARQUET
LOCATION 's3://lake/clicks/';

CREATE TABLE IF NOT EXISTS "shop"."clicks" (
  "id" bigint NOT NULL,
  "user" varchar(65535),
  "price" decimal(10,2),
  "tags" super,
  "place" super,
  "seen" timestamp,
  "local" timestamp,
  "raw" varbyte(1024000),
  "day" date
);

CREATE TEMPORARY TABLE s AS
SELECT "id", "user", "price", "tags", "place", "seen", "local", "raw", "day"
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "id", "day" ORDER BY "seen" DESC) AS row_of_key FROM "shop"."clicks_lake") AS numbered
  WHERE row_of_key = 1;

MERGE INTO "shop"."clicks"
USING s
ON "shop"."clicks"."id" = s."id" AND "shop"."clicks"."day" = s."day"
WHEN MATCHED THEN UPDATE SET "user" = s."user", "price" = s."price", "tags" = s."tags", "place" = s."place", "seen" = s."seen", "local" = s."local", "raw" = s."raw"
WHEN NOT MATCHED THEN INSERT ("id", "user", "price", "tags", "place", "seen", "local", "raw", "day") VALUES (s."id", s."user", s."price", s."tags", s."place", s."seen", s."local", s."raw", s."day");

DROP TABLE s;
