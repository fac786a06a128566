CREATE EXTERNAL TABLE "raw"."users" (
  "id" integer,
  "name" varchar(65535)
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS TEXTFILE
LOCATION 's3://lake/clicks/'
TABLE PROPERTIES ('skip.header.line.count' = '1');

CREATE TABLE IF NOT EXISTS "users" (
  "id" integer,
  "name" varchar(65535)
);

CREATE TEMPORARY TABLE s AS
SELECT "id", "name"
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "id") AS row_of_key FROM "raw"."users") AS numbered
  WHERE row_of_key = 1;

MERGE INTO "users"
USING s
ON "users"."id" = s."id"
WHEN MATCHED THEN UPDATE SET "name" = s."name"
WHEN NOT MATCHED THEN INSERT ("id", "name") VALUES (s."id", s."name");

DROP TABLE s;
