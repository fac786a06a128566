"""fastavro, driven by one JSON object on standard input: { schema, rows? , messages?, file?, codec? }.

Rows travel as JSON; what JSON has no word for is tagged: {"$bytes": base64}, {"$decimal": "1.20"}, {"$days": 3}, {"$micros": 5} (an instant),
{"$localMicros": 5}, {"$int": "9007199254740993"}, {"$float": "NaN"}.
"""

import base64
import io
import json
import sys

import fastavro
from tags import tag, untag


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
