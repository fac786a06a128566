import duckdb from '@duckdb/node-bindings'

/** DuckDB's C API as its Node bindings publish it. This file is the only door to it. */
export const native = duckdb
export type {
  Connection,
  Database,
  DataChunk,
  LogicalType,
  PreparedStatement,
  Result,
  Vector,
} from '@duckdb/node-bindings'
/** Rows in one vector. */
export const VECTOR_SIZE = 2048
