/** Taxi rides: the 17 columns as they stand in the city's files, and as the Avro record they become. */
export const RIDE_TEXTS =
  'VendorID string, tpep_pickup_datetime string, tpep_dropoff_datetime string, passenger_count string, trip_distance string, RatecodeID string, store_and_fwd_flag string, PULocationID string, DOLocationID string, payment_type string, fare_amount string, extra string, mta_tax string, tip_amount string, tolls_amount string, improvement_surcharge string, total_amount string'

const KINDS: Readonly<Record<string, 'int' | 'double' | 'string' | 'timestamp'>> = {
  VendorID: 'int',
  tpep_pickup_datetime: 'timestamp',
  tpep_dropoff_datetime: 'timestamp',
  passenger_count: 'int',
  trip_distance: 'double',
  RatecodeID: 'int',
  store_and_fwd_flag: 'string',
  PULocationID: 'int',
  DOLocationID: 'int',
  payment_type: 'int',
  fare_amount: 'double',
  extra: 'double',
  mta_tax: 'double',
  tip_amount: 'double',
  tolls_amount: 'double',
  improvement_surcharge: 'double',
  total_amount: 'double',
}

/** SQL that makes the columns of a ride from their texts. */
export const RIDE_COLUMNS: readonly string[] = Object.entries(KINDS).map(([name, kind]) =>
  kind === 'string'
    ? name
    : kind === 'timestamp'
      ? `to_timestamp(${name}, 'MM/dd/yyyy hh:mm:ss a') AS ${name}`
      : `CAST(${name} AS ${kind}) AS ${name}`,
)

export const RIDE_AVRO: string = JSON.stringify({
  type: 'record',
  name: 'Ride',
  fields: Object.entries(KINDS).map(([name, kind]) => ({
    name,
    type: kind === 'timestamp' ? { type: 'long', logicalType: 'timestamp-micros' } : kind,
  })),
})
