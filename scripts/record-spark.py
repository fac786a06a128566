#!/usr/bin/env python3
"""Records what a live Spark answers to SQL expressions.

    node scripts/examples.ts | python3 scripts/record-spark.py [--out test/golden/functions]

Reads JSON from a file or standard input: a list of texts, or an object of lists by group; an item may also be
`{"expression": "sum(x)", "from": "VALUES (1) AS t(x)"}`. Writes one `<group>.jsonl` a group (a plain list is the
group `expressions`), a line a text: query, columns (name, Spark's JSON type, nullability) and typed values, in the form that the README of the
recordings describes. A text that Spark refuses is recorded with its error class. Needs `pip install pyspark==4.3.0` and Java 17.
"""
import argparse
import base64
import datetime
import decimal
import json
import logging
import math
import os
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import types as T

ZONE = "America/Los_Angeles"
# What depends on chance, the clock or the user; a seed makes chance certain.
NONDETERMINISTIC = re.compile(r"\b(rand|randn|random|shuffle)\((null)?\)|\brandstr\(\d+\)|\bshuffle\([^)]*\)\)?$|\buuid\(\)|current_|\bnow\(|curdate|localtimestamp|unix_timestamp\(\)|\buser\(|monotonically|input_file|version\(")


def spelled(t):
    """A type as the recordings spell it: a blank in `decimal(10, 2)`, no empty metadata."""
    if isinstance(t, str):
        return re.sub(r"decimal\((\d+),(\d+)\)", r"decimal(\1, \2)", t)
    if isinstance(t, list):
        return [spelled(x) for x in t]
    if isinstance(t, dict):
        return {k: spelled(v) for k, v in t.items() if not (k == "metadata" and v == {})}
    return t


def number(n):
    if math.isnan(n):
        return "NaN"
    return n if math.isfinite(n) else ("Infinity" if n > 0 else "-Infinity")


def timestamp(micros, zone):
    t = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    return t.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + zone


def typed(value, t):
    """A value from Spark's internal row, by its type."""
    if value is None:
        return None
    name = t.typeName() if hasattr(t, "typeName") else str(t)
    if isinstance(t, (T.FloatType, T.DoubleType)):
        return number(float(str(value)) if isinstance(t, T.FloatType) else value)
    if isinstance(t, T.LongType):
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(t, (T.BooleanType, T.IntegerType, T.ShortType, T.ByteType)):
        return value
    if isinstance(t, T.BinaryType):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(t, T.ArrayType):
        return [typed(v, t.elementType) for v in value]
    if isinstance(t, T.MapType):
        return [[typed(k, t.keyType), typed(v, t.valueType)] for k, v in value]
    if isinstance(t, T.StructType):
        return {f.name: typed(v, f.dataType) for f, v in zip(t.fields, value)}
    if isinstance(t, T.DecimalType):
        return format(value, "f")
    return str(value) if not isinstance(value, (dict, list)) else value


# How a column is made readable before it is collected: Python's own types lose zones, intervals and the digits of floats.
def readable(t, c):
    F = sys.modules["pyspark.sql.functions"]
    if isinstance(t, T.TimestampType):
        return F.date_format(F.convert_timezone(F.lit(ZONE), F.lit("UTC"), c.cast("timestamp_ntz")), "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
    if isinstance(t, T.TimestampNTZType):
        return F.date_format(c, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS")
    if isinstance(t, (T.DateType, T.CalendarIntervalType, T.VariantType)) or t.typeName().startswith("time("):
        return c.cast("string")
    if isinstance(t, T.YearMonthIntervalType):
        return F.when(c.isNotNull(), F.struct((F.expr("0") + F.extract(F.lit("YEAR"), c) * 12 + F.extract(F.lit("MONTH"), c)).cast("int").alias("months")))
    if isinstance(t, T.FloatType):
        return c.cast("string")
    if isinstance(t, T.ArrayType):
        return F.transform(c, lambda x: readable(t.elementType, x))
    if isinstance(t, T.MapType):
        return F.transform(F.map_entries(c), lambda e: F.struct(readable(t.keyType, e["key"]).alias("key"), readable(t.valueType, e["value"]).alias("value")))
    if isinstance(t, T.StructType):
        fields = [readable(f.dataType, c.getField(f.name)).alias(f"f{i}") for i, f in enumerate(t.fields)]
        return F.when(c.isNotNull(), F.struct(*fields)) if fields else c
    return c


def interval(t):
    return isinstance(t, T.DayTimeIntervalType)


def plain(value, t):
    if value is None:
        return None
    if interval(t):
        return {"micros": (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds}
    if isinstance(t, T.YearMonthIntervalType):
        return {"months": value["months"]}
    if isinstance(t, T.FloatType):
        return number(float(value))
    if isinstance(t, T.ArrayType):
        return [plain(v, t.elementType) for v in value]
    if isinstance(t, T.MapType):
        return [[plain(e["key"], t.keyType), plain(e["value"], t.valueType)] for e in value]
    if isinstance(t, T.StructType):
        return {f.name: plain(v, f.dataType) for f, v in zip(t.fields, value)}
    return typed(value, t)


def named(error):
    """The class in a Java error that PySpark hands on as it is: `SparkException: [CLASS.SUBCLASS] …`."""
    found = re.search(r"SparkException: \[([A-Z0-9_.]+)\]", str(error))
    if found or isinstance(error, PySparkException):
        return found[1] if found else type(error).__name__
    java = re.search(r"^: (?:\w+\.)*(\w+)", str(error), re.MULTILINE)
    return java and java[1]


def record(spark, item, name):
    text, rows = (item, None) if isinstance(item, str) else (item["expression"], item["from"])
    query = f"SELECT {text}" + (f" FROM {rows}" if rows else "")
    line = {"id": name, "group": name.split("/")[0], "form": "from" if rows else "simple", "query": query + ";"}
    if rows:
        line["expression"] = text
    try:
        frame = spark.sql(query)
        schema = frame.schema
        line["columns"] = [{"name": f.name, "type": spelled(f.jsonValue()["type"]), "nullable": f.nullable} for f in schema.fields]
        if NONDETERMINISTIC.search(text.lower()):
            line["deterministic"] = False
            frame.collect()
            return line
        renamed = frame.toDF(*[f"c{i}" for i in range(len(schema.fields))])
        shown = renamed.select(*[readable(f.dataType, renamed[f"c{i}"]) for i, f in enumerate(schema.fields)])
        line["values"] = [[plain(v, f.dataType) for v, f in zip(row, schema.fields)] for row in shown.collect()]
    except Exception as error:  # noqa: BLE001: Spark's answer, whatever it is
        condition = getattr(error, "getCondition", lambda: None)() or named(error)
        if condition is None:
            raise
        line.pop("values", None)
        line["error"] = condition
    return line


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("input", nargs="?", help="a JSON file; standard input by default")
    options.add_argument("--out", default="test/golden/functions")
    given = options.parse_args()
    texts = json.load(open(given.input) if given.input else sys.stdin)
    groups = texts if isinstance(texts, dict) else {"expressions": texts}
    import pyspark.sql.functions  # noqa: F401

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", ZONE)
        .config("spark.sql.timeType.enabled", "true")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    logging.disable(logging.CRITICAL)
    os.makedirs(given.out, exist_ok=True)
    for group, items in groups.items():
        with open(os.path.join(given.out, f"{group}.jsonl"), "w") as out:
            for i, text in enumerate(items, 1):
                line = record(spark, text, f"{group}/{i:03}")
                out.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
                if "error" in line:
                    print(f"{line['id']} {line['query']} {line['error']}", file=sys.stderr)
        print(f"{group}: {len(items)}", file=sys.stderr)
    spark.stop()


if __name__ == "__main__":
    main()
