"""deltalake and pyarrow, driven by one JSON object on standard input. Rows travel as in avro_foreign.py: what JSON has no word for is tagged.

read      { path, version? }                     -> { version, rows, partitions, files }
write     { path, fields, rows, mode, options }  -> null; fields: [name, type] with types as in TYPES
changes   { path, since }                    -> rows of the change feed
work      { path, steps: [[name, { options }]] } -> null; checkpoint, delete, merge, optimize
"""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from tags import tag, untag

TYPES = {
    "bool": pa.bool_(),
    "byte": pa.int8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "timestamp_ntz": pa.timestamp("us"),
    "decimal": pa.decimal128(20, 3),
    "list": pa.list_(pa.int64()),
    "map": pa.map_(pa.string(), pa.int32()),
    "struct": pa.struct([("x", pa.int32()), ("inner", pa.struct([("deep", pa.string())]))]),
}


def table_of(fields, rows):
    schema = pa.schema([pa.field(name, TYPES[kind]) for name, kind in fields])
    columns = [pa.array([arrow(row.get(f.name), f.type) for row in rows], f.type) for f in schema]
    return pa.table(columns, schema=schema)


def arrow(value, kind):
    if value is None:
        return None
    if pa.types.is_map(kind):
        return list(value.items())
    return value


def plain(value, kind):
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {key: plain(inner, kind.item_type) for key, inner in value}
    if pa.types.is_struct(kind):
        return {kind.field(i).name: plain(value[kind.field(i).name], kind.field(i).type) for i in range(kind.num_fields)}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [plain(inner, kind.value_type) for inner in value]
    return value


def read(asked):
    table = DeltaTable(asked["path"], version=asked.get("version"))
    rows = table.to_pyarrow_table()
    told = [{name: plain(row[name], rows.schema.field(name).type) for name in rows.schema.names} for row in rows.to_pylist()]
    return {
        "version": table.version(),
        "partitions": list(table.metadata().partition_columns),
        "files": len(table.file_uris()),
        # pyarrow alone, file by file: nothing of a Delta reader between.
        "counted": sum(pq.read_metadata(uri.replace("file://", "")).num_rows for uri in table.file_uris()),
        "rows": tag(told),
    }


def write(asked):
    write_deltalake(asked["path"], table_of(asked["fields"], asked["rows"]), mode=asked["mode"], **asked.get("options", {}))


def changes(asked):
    feed = pa.table(DeltaTable(asked["path"]).load_cdf(starting_version=asked["since"]))
    return tag([{k: v for k, v in row.items() if k != "_commit_timestamp"} for row in feed.to_pylist()])


STEPS = {
    "checkpoint": lambda table, _: table.create_checkpoint(),
    "delete": lambda table, o: table.delete(o["predicate"]),
    "optimize": lambda table, _: table.optimize.compact(),
    "merge": lambda table, o: table.merge(table_of(o["fields"], o["rows"]), o["on"], source_alias="s", target_alias="t")
    .when_matched_update_all()
    .when_not_matched_insert_all()
    .execute(),
}


def work(asked):
    for name, options in asked["steps"]:
        STEPS[name](DeltaTable(asked["path"]), options)


print(json.dumps({"read": read, "write": write, "work": work, "changes": changes}[sys.argv[1]](json.load(sys.stdin, object_hook=untag))))
