"""fastavro, driven by one JSON object on standard input: { schema, rows? , messages?, file?, codec? }.

Rows travel as JSON; what JSON has no word for is tagged: {"$bytes": base64}, {"$decimal": "1.20"}, {"$days": 3}, {"$micros": 5} (an instant),
{"$localMicros": 5}, {"$int": "9007199254740993"}, {"$float": "NaN"}.
"""

import base64
import datetime as dt
import decimal
import io
import json
import sys
import uuid

import fastavro

EPOCH = dt.datetime(1970, 1, 1)
MICRO = dt.timedelta(microseconds=1)
SAFE = 2**53

UNTAG = {
    "$bytes": base64.b64decode,
    "$decimal": decimal.Decimal,
    "$days": lambda n: EPOCH.date() + dt.timedelta(days=n),
    "$micros": lambda n: EPOCH.replace(tzinfo=dt.timezone.utc) + n * MICRO,
    "$localMicros": lambda n: EPOCH + n * MICRO,
    "$int": int,
    "$float": float,
}


def untag(item):
    (name, value), *more = list(item.items()) or [(None, None)]
    return UNTAG[name](value) if not more and name in UNTAG else item


def tag(value):
    if isinstance(value, dict):
        return {key: tag(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [tag(inner) for inner in value]
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, decimal.Decimal):
        return {"$decimal": f"{value:f}"}
    if isinstance(value, dt.datetime):
        name = "$micros" if value.tzinfo else "$localMicros"
        return {name: (value.replace(tzinfo=None) - EPOCH) // MICRO}
    if isinstance(value, dt.date):
        return {"$days": (value - EPOCH.date()).days}
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, int) and abs(value) >= SAFE:
        return {"$int": str(value)}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"$float": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]}
    return value


def encoded(schema, row):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, row)
    return {"$bytes": base64.b64encode(out.getvalue()).decode()}


def decoded(schema, message):
    data = io.BytesIO(message)
    row = fastavro.schemaless_reader(data, schema)
    rest = data.read()
    if rest:
        raise SystemExit(f"{len(rest)} bytes are left over")
    return tag(row)


def write_messages(asked):
    schema = fastavro.parse_schema(asked["schema"])
    return [encoded(schema, row) for row in asked["rows"]]


def read_messages(asked):
    schema = fastavro.parse_schema(asked["schema"])
    return [decoded(schema, message) for message in asked["messages"]]


def write_file(asked):
    with open(asked["file"], "wb") as out:
        # Small blocks: several of them in a file.
        fastavro.writer(out, asked["schema"], asked["rows"], codec=asked["codec"], sync_interval=500)
    return None


def read_file(asked):
    with open(asked["file"], "rb") as data:
        reader = fastavro.reader(data)
        return {"codec": reader.codec, "rows": [tag(row) for row in reader]}


actions = {"write-messages": write_messages, "read-messages": read_messages, "write-file": write_file, "read-file": read_file}
print(json.dumps(actions[sys.argv[1]](json.load(sys.stdin, object_hook=untag))))
