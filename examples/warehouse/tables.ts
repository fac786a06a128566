/** The star: two dimensions, one fact table, and which lake files are in it. Each statement may be run again. */
export const TABLES: readonly string[] = [
  'CREATE SCHEMA IF NOT EXISTS warehouse',
  `CREATE TABLE IF NOT EXISTS warehouse.dim_vendor (
     vendor_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     name text NOT NULL UNIQUE)`,
  `CREATE TABLE IF NOT EXISTS warehouse.dim_zone (
     zone_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     name text NOT NULL UNIQUE,
     borough text)`,
  `CREATE TABLE IF NOT EXISTS warehouse.fact_trip (
     trip_id bigint PRIMARY KEY,
     vendor_id integer NOT NULL REFERENCES warehouse.dim_vendor,
     zone_id integer NOT NULL REFERENCES warehouse.dim_zone,
     picked_up timestamp with time zone NOT NULL,
     passengers integer,
     fare numeric(10,2))`,
  `CREATE TABLE IF NOT EXISTS warehouse.loaded_file (
     path text PRIMARY KEY,
     loaded_at timestamp with time zone NOT NULL DEFAULT now())`,
]

/** Where the rows of new files wait: nobody but the job reads it. */
export const STAGE = 'warehouse.stage_trip'

/** Of a trip that comes again the newest counts; only what is different is written. */
const NEWEST = `(SELECT DISTINCT ON (trip_id) * FROM ${STAGE} ORDER BY trip_id, changed DESC)`

/** The incremental merge, in this order: facts refer to dimensions. */
export const MERGES: readonly string[] = [
  `MERGE INTO warehouse.dim_vendor AS d USING (SELECT DISTINCT vendor FROM ${STAGE}) AS s ON d.name = s.vendor
   WHEN NOT MATCHED THEN INSERT (name) VALUES (s.vendor)`,
  `MERGE INTO warehouse.dim_zone AS d USING (SELECT DISTINCT ON (zone) zone, borough FROM ${STAGE} ORDER BY zone, changed DESC) AS s ON d.name = s.zone
   WHEN MATCHED AND d.borough IS DISTINCT FROM s.borough THEN UPDATE SET borough = s.borough
   WHEN NOT MATCHED THEN INSERT (name, borough) VALUES (s.zone, s.borough)`,
  `MERGE INTO warehouse.fact_trip AS f USING (
     SELECT t.trip_id, v.vendor_id, z.zone_id, t.picked_up, t.passengers, t.fare
     FROM ${NEWEST} AS t JOIN warehouse.dim_vendor v ON v.name = t.vendor JOIN warehouse.dim_zone z ON z.name = t.zone
   ) AS s ON f.trip_id = s.trip_id
   WHEN MATCHED AND (f.vendor_id, f.zone_id, f.picked_up, f.passengers, f.fare) IS DISTINCT FROM (s.vendor_id, s.zone_id, s.picked_up, s.passengers, s.fare)
     THEN UPDATE SET vendor_id = s.vendor_id, zone_id = s.zone_id, picked_up = s.picked_up, passengers = s.passengers, fare = s.fare
   WHEN NOT MATCHED THEN INSERT (trip_id, vendor_id, zone_id, picked_up, passengers, fare)
     VALUES (s.trip_id, s.vendor_id, s.zone_id, s.picked_up, s.passengers, s.fare)`,
]
