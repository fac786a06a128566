"""The Kafka rows of the bench in Spark Structured Streaming, local[2], shuffle partitions 2: NAME BROKERS TOPIC|DIRECTORY ROWS [OUT]."""
import json
import os
import shutil
import sys
import tempfile
import time

from pyspark.sql import SparkSession, functions as F
from pyspark.sql.avro.functions import from_avro, to_avro

name, brokers, source, rows, out = (sys.argv[1:] + [""])[:5]
rides = json.loads(os.environ["BENCH_RIDES"])
tmp = tempfile.mkdtemp(prefix="millrace-spark-")
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", os.environ["BENCH_JARS"])
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)


def records():
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", source)
    return reader.option("startingOffsets", "earliest").option("maxOffsetsPerTrigger", 2_000_000).load()


def windowed(frame, key):
    grouped = frame.withWatermark("at", "10 seconds").groupBy(F.window("at", "1 minute"), key)
    return grouped.agg(F.count("*").alias("n"), F.sum("amount").alias("total"))


def json_window():
    schema = "user string, at timestamp, amount double, n int, page string"
    return windowed(records().select(F.from_json(F.col("value").cast("string"), schema).alias("j")).select("j.*"), "user")


def csv_window():
    parts = records().select(F.split(F.col("value").cast("string"), ",").alias("p"))
    return windowed(parts.selectExpr("p[3] AS station", "CAST(p[6] AS timestamp) AS at", "CAST(p[8] AS int) AS amount"), "station")


def json_map():
    schema = "user string, at string, amount double, n int, page string"
    parsed = records().select(F.from_json(F.col("value").cast("string"), schema).alias("j"))
    return parsed.select(F.expr("to_json(struct(j.user AS user, j.at AS at, j.amount * 2 AS amount, upper(j.page) AS page))").alias("value"))


def avro():
    return records().select(from_avro("value", rides["avro"]).alias("ride")).select("ride.*")


def csv_kafka():
    texts = spark.readStream.schema(rides["texts"]).option("header", True).csv(source)
    # an Avro field that takes no null wants a column that has none
    struct = F.struct(*[F.expr(c) for c in rides["columns"]])
    return texts.select(to_avro(struct, rides["avro"]).alias("value"))


FRAMES = {
    "kafka-json-window": json_window,
    "kafka-csv-window": csv_window,
    "kafka-map": json_map,
    "kafka-avro-parquet": avro,
    "csv-kafka": csv_kafka,
}
try:
    # the first use of anything costs seconds
    spark.range(1000).selectExpr("sum(id)").collect()
    frame = FRAMES[name]()
    writer = frame.writeStream.outputMode("append").option("checkpointLocation", tmp + "/chk").trigger(availableNow=True)
    started = time.time()
    if out:
        query = writer.format("kafka").option("kafka.bootstrap.servers", brokers).option("topic", out).start()
    elif name == "kafka-avro-parquet":
        query = writer.format("parquet").start(tmp + "/out")
    else:
        query = writer.format("noop").start()
    query.awaitTermination()
    ms = (time.time() - started) * 1000
    read = sum(p["numInputRows"] for p in query.recentProgress)
    assert read == int(rows), f"{read} of {rows} rows were read"
    print(json.dumps({"ms": ms}), flush=True)
finally:
    spark.stop()
    shutil.rmtree(tmp, ignore_errors=True)
