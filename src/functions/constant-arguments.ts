/**
 * Positions of arguments that must be known before anything runs: a schema, a unit, a number of digits. Analysis works out what stands there, as long as
 * it is made of literals: `from_json(x, schema_of_json('{"a":1}'))`.
 */
export const CONSTANT_ARGUMENTS: Readonly<Record<string, readonly number[]>> = Object.freeze({
  bround: [1],
  ceil: [1],
  current_time: [0],
  date_part: [0],
  floor: [1],
  from_avro: [1],
  from_csv: [1],
  from_json: [1],
  listagg: [1],
  max_by: [2],
  min_by: [2],
  percentile: [1],
  percentile_approx: [1],
  percentile_cont: [1],
  percentile_disc: [1],
  round: [1],
  schema_of_avro: [0],
  schema_of_csv: [0],
  schema_of_json: [0],
  stack: [0],
  time_diff: [0],
  time_trunc: [0],
  timestampadd: [0],
  timestampdiff: [0],
  to_avro: [1],
  to_char: [1],
  to_number: [1],
  try_to_number: [1],
})
