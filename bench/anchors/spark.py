"""The same work in Spark Structured Streaming, local[2], shuffle partitions 2. Prints one line of JSON. Needs `pip install pyspark`."""
import json
import os
import shutil
import sys
import tempfile
import time

STARTED = time.time()
from pyspark.sql import SparkSession, functions as F  # noqa: E402

name, args = sys.argv[1], sys.argv[2:]
tmp = tempfile.mkdtemp(prefix="millrace-spark-")
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)


def drain(frame, mode, sink):
    writer = frame.writeStream.outputMode(mode).option("checkpointLocation", tmp + "/chk").trigger(availableNow=True).format(sink)
    started = time.time()
    query = writer.start(tmp + "/out") if sink == "parquet" else writer.start()
    query.awaitTermination()
    return {"ms": (time.time() - started) * 1000}


def cold_start():
    os.makedirs(tmp + "/in")
    with open(tmp + "/in/rows.csv", "w") as f:
        f.writelines(f"{i},name {i}\n" for i in range(10))
    frame = spark.readStream.schema("id int, name string").csv(tmp + "/in").where("id > 2")
    query = frame.writeStream.foreachBatch(lambda b, i: print("first-result", len(b.collect()), flush=True)).option("checkpointLocation", tmp + "/chk").start()
    query.processAllAvailable()
    query.stop()
    return {"ms": (time.time() - STARTED) * 1000}


def floor(kind, count):
    os.makedirs(tmp + "/in")
    frame = spark.readStream.schema("at timestamp, k string, v int").json(tmp + "/in")
    if kind == "windowed":
        spark.conf.set("spark.sql.streaming.noDataMicroBatches.enabled", "false")
        frame = frame.withWatermark("at", "10 seconds").groupBy(F.window("at", "5 seconds")).count()
    query = frame.writeStream.outputMode("update" if kind == "windowed" else "append").option("checkpointLocation", tmp + "/chk").format("noop").start()
    for i in range(int(count)):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + i))
        with open(tmp + "/row", "w") as f:
            f.writelines(json.dumps({"at": at, "k": f"k{r}", "v": r}) + "\n" for r in range(10))
        os.rename(tmp + "/row", f"{tmp}/in/f{i}.json")
        query.processAllAvailable()
    times = sorted(p["durationMs"]["triggerExecution"] for p in query.recentProgress[5:] if p["numInputRows"] > 0)
    query.stop()
    return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)]}


def word_count(dir):
    words = spark.readStream.text(dir).select(F.explode(F.split(F.lower("value"), " ")).alias("word")).where("word <> ''")
    return drain(words.groupBy("word").count(), "complete", "noop")


def taxi(dir):
    columns = "VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,RatecodeID,store_and_fwd_flag,PULocationID,DOLocationID,payment_type,fare_amount,extra,mta_tax,tip_amount,tolls_amount,improvement_surcharge,total_amount".split(",")
    rides = spark.readStream.schema(", ".join(c + " string" for c in columns)).option("header", True).option("maxFilesPerTrigger", 1).csv(dir)
    sums = (
        rides.select(
            F.to_timestamp("tpep_pickup_datetime", "MM/dd/yyyy hh:mm:ss a").alias("at"),
            F.col("PULocationID").cast("int").alias("zone"),
            F.col("fare_amount").cast("double").alias("fare"),
            F.col("tip_amount").cast("double").alias("tip"),
        )
        .withWatermark("at", "10 minutes")
        .groupBy(F.window("at", "5 minutes"), "zone")
        .agg(F.sum("fare").alias("fares"), F.sum("tip").alias("tips"))
        .select("window.start", "zone", "fares", "tips")
    )
    return drain(sums, "append", "parquet")


try:
    result = {"cold-start": cold_start, "floor": floor, "word-count": word_count, "taxi": taxi}[name](*args)
    print(json.dumps(result), flush=True)
finally:
    spark.stop()
    shutil.rmtree(tmp, ignore_errors=True)
