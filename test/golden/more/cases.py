"""Streaming programs of our own, for `scripts/record-spark-cases.py`."""
E = {"e": {"schema": "k string, v bigint, ts timestamp"}}
AB = {"a": {"schema": "k string, ts timestamp"}, "b": {"schema": "k string, ts timestamp"}}


def at(clock, day="2026-01-01"):
    return None if clock is None else clock if "T" in clock else f"{day}T{clock}Z"


def e(*rows):
    return {"input": {"e": [{"k": k, "v": v, "ts": at(t)} for k, v, t in rows]}}


def ab(a=(), b=()):
    return {"input": {"a": [{"k": k, "ts": at(t)} for k, t in a], "b": [{"k": k, "ts": at(t)} for k, t in b]}}


MOVING = [
    e(("a", 1, "12:00:10"), ("b", 2, "12:00:50"), ("a", 3, "12:01:30")),
    e(("a", 4, "12:03:00"), ("b", None, "12:00:59")),
    e(("a", 5, "12:00:20"), ("c", 6, "12:07:00")),
    e((None, 7, "12:09:00"), ("c", 8, None)),
]
case("A watermarked window lets late groups in by the former watermark", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute"), "k").agg(F.sum("v").alias("s"))', E, MOVING)
case("An update window forgets silently", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute"), "k").agg(F.sum("v").alias("s"))', E, MOVING, outputMode="update")
case("Without no-data batches a window waits for the next file", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute")).count()', E, MOVING, conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"})
case("Windows over microseconds and before 1970", 'df = stream("e").groupBy(F.window("ts", "10 milliseconds", "4 milliseconds", "1 millisecond"), "k").count()', E, [e(("a", 1, "1969-12-31T23:59:59.999999Z"), ("a", 2, "1970-01-01T00:00:00.000001Z"), ("b", 3, "1969-12-31T23:59:59.996Z"), ("b", 3, "2026-01-01T00:00:00.123456Z"))], outputMode="complete")
case("A day window in a zone with summer time", 'df = stream("e").groupBy(F.window("ts", "1 day"), F.to_date("ts").alias("d"), F.hour("ts").alias("h")).count()', E, [e(("a", 1, "2026-03-08T06:30:00Z"), ("a", 1, "2026-03-08T07:30:00Z"), ("a", 1, "2026-11-01T05:30:00Z"), ("a", 1, "2026-11-01T06:30:00Z"))], outputMode="complete", conf={"spark.sql.session.timeZone": "America/New_York"})
case("A watermark of an earlier zone's timestamps", 'df = stream("e").withWatermark("ts", "1 hour 30 minutes").groupBy(F.window("ts", "1 hour")).count()', E, [e(("a", 1, "2026-01-01T12:00:00+05:30"), ("a", 1, "2026-01-01T10:00:00.5Z")), e(("a", 1, "13:00:00"))])
case("Rows before 1970 are late in the first batch already", 'df = stream("e").withWatermark("ts", "1 second").groupBy(F.window("ts", "1 minute")).count()', E, [e(("a", 1, "1969-06-01T00:00:00Z"), ("a", 1, "1970-01-01T00:00:30Z")), e(("a", 1, "1970-01-01T00:05:00Z"))])
case("The slower of two watermarks holds back a union", 'df = stream("a").withWatermark("ts", "1 minute").union(stream("b").withWatermark("ts", "3 minutes")).groupBy(F.window("ts", "1 minute")).count()', AB, [ab([("x", "12:00:00")]), ab([("x", "12:10:00")], [("y", "12:05:00")]), ab([], [("y", "12:30:00")]), ab([("x", "12:40:00")])])
case("A stream united with itself under two watermarks", 's = stream("a")\ndf = s.withWatermark("ts", "1 minute").union(s.withWatermark("ts", "5 minutes")).groupBy(F.window("ts", "1 minute")).count()', AB, [ab([("x", "12:00:00")]), ab([("x", "12:10:00")])])
case("A stream united with itself under one watermark", 's = stream("a").withWatermark("ts", "1 minute")\ndf = s.union(s).groupBy(F.window("ts", "1 minute")).count()', AB, [ab([("x", "12:00:00")]), ab([("x", "12:10:00")])])
case("A filter through an explode and a projection does not move the watermark", 'df = stream("e").withWatermark("ts", "0 seconds").withColumn("w", F.col("v") * 2).withColumn("i", F.explode(F.array(F.lit(1), F.lit(2)))).where("w > 4 and i = 1").groupBy(F.window("ts", "1 minute")).count()', E, MOVING)
case("A filter on the event time moves the watermark", 'df = stream("e").withWatermark("ts", "0 seconds").where("ts < timestamp\'2026-01-01 12:05:00\' and v > 0").groupBy(F.window("ts", "1 minute")).count()', E, MOVING)
case("A filter on keys goes below an aggregate, one on results stays", 'df = stream("e").withWatermark("ts", "0 seconds").groupBy(F.window("ts", "1 minute"), "k").count().where("k = \'a\' and count > 1")', E, MOVING)
case("A filter does not pass dropDuplicates", 'df = stream("e").withWatermark("ts", "0 seconds").dropDuplicates(["k", "ts"]).where("v > 4")', E, MOVING)
case("Duplicates with the event time among the keys are forgotten", 'df = stream("e").withWatermark("ts", "1 minute").dropDuplicates(["k", "ts"])', E, MOVING + [e(("a", 1, "12:09:00"), ("a", 9, "12:09:00"))])
case("Duplicates of all columns with nulls", 'df = stream("e").dropDuplicates()', E, [e(("a", None, None), ("a", None, None), (None, 1, "12:00:00")), e((None, 1, "12:00:00"), ("a", None, "12:00:00"))])
case("Duplicates of nested columns", 'df = stream("n").dropDuplicates(["s"])', {"n": {"schema": "s struct<a:int,b:array<string>>, v int"}}, [{"input": {"n": [{"s": {"a": 1, "b": ["x"]}, "v": 1}, {"s": None, "v": 3}]}}, {"input": {"n": [{"s": {"a": 1, "b": ["x"]}, "v": 1}, {"s": {"a": 1, "b": []}, "v": 1}, {"s": None, "v": 4}]}}])
case("Duplicates of a missing column are refused", 'df = stream("e").dropDuplicates(["nix"])', E, MOVING[:1])
AGGS = 'df = stream("e").groupBy("k").agg('
case("Aggregates of every kind over integers", AGGS + 'F.count("*").alias("n"), F.sum("v"), F.avg("v"), F.min("v"), F.max("v"), F.stddev("v").alias("sd"), F.stddev_pop("v").alias("sp"), F.variance("v").alias("va"), F.var_pop("v").alias("vp"), F.approx_count_distinct("v"), F.max_by("v", "ts"), F.min_by("v", "ts"), F.bool_and(F.col("v") > 1), F.bool_or(F.col("v") > 4), F.count_if(F.col("v") > 2), F.any_value("k"), F.bit_or("v"), F.bit_xor("v"), F.product("v"))', E, MOVING, outputMode="complete")
case("Collected lists and sets", AGGS + 'F.sort_array(F.collect_list("v")).alias("l"), F.sort_array(F.collect_set("v")).alias("s"), F.first("v", True).alias("f"), F.last("v", True).alias("z"))', E, [MOVING[0], e(("a", 1, "12:03:00"), ("b", None, "12:00:59")), e((None, None, None))], outputMode="update")
case("First and last keep nulls unless told", AGGS + 'F.first("v").alias("f"), F.last("v").alias("z"), F.first("v", ignorenulls=True).alias("fi"), F.last("v", ignorenulls=True).alias("li"))', E, [e(("a", None, None)), e(("a", 2, None)), e(("a", None, None))], outputMode="complete")
case("Skewness, correlation, covariance and regressions", 'df = stream("d").groupBy("k").agg(F.skewness("x"), F.kurtosis("x"), F.corr("x", "y"), F.covar_pop("x", "y"), F.covar_samp("x", "y"), F.regr_slope("y", "x"), F.regr_count("y", "x"), F.regr_avgx("y", "x"), F.regr_avgy("y", "x"), F.regr_sxx("y", "x"), F.regr_sxy("y", "x"), F.regr_syy("y", "x"), F.regr_intercept("y", "x"), F.regr_r2("y", "x"))', {"d": {"schema": "k string, x double, y double"}}, [{"input": {"d": [{"k": "a", "x": 1.0, "y": 2.0}, {"k": "a", "x": 2.0, "y": 4.0}, {"k": "b", "x": 3.0, "y": None}]}}, {"input": {"d": [{"k": "a", "x": 4.0, "y": 8.0}, {"k": "b", "x": 5.0, "y": 1.0}]}}], outputMode="complete")
case("Distinct counts are refused", AGGS + 'F.countDistinct("v"))', E, MOVING[:1], outputMode="update")
case("Groups by structs and expressions", 'df = stream("e").groupBy(F.struct("k", F.col("v") % 2).alias("g"), F.upper("k")).count()', E, MOVING, outputMode="update")
case("Groups by arrays", 'df = stream("e").groupBy(F.array("k", F.lit("x"))).count()', E, MOVING[:2], outputMode="update")
case("Groups by maps are refused", 'df = stream("e").groupBy(F.create_map("k", "v").alias("m")).count()', E, MOVING[:1], outputMode="update")
case("A cube with grouping in update mode", 'df = stream("e").cube("k", (F.col("v") % 2).alias("odd")).agg(F.count("*").alias("n"), F.grouping("k").alias("gk"), F.grouping_id().alias("g"))', E, MOVING[:2], outputMode="update")
case("A rollup in update mode", 'df = stream("e").rollup("k").agg(F.sum("v").alias("s"), F.grouping_id().alias("g"))', E, MOVING[:3], outputMode="update")
case("A decimal and a float sum", 'df = stream("d").groupBy().agg(F.sum("d").alias("sd"), F.sum("f").alias("sf"), F.avg("f").alias("af"), F.avg("d").alias("ad"), F.max("dt").alias("mdt"), F.sum("i").alias("si"))', {"d": {"schema": "d decimal(38,4), f float, dt date, i int"}}, [{"input": {"d": [{"d": 1.5, "f": 0.1, "dt": "2026-01-01", "i": 2147483647}, {"d": 2.25, "f": 0.2, "dt": "1582-10-04", "i": 1}]}}, {"input": {"d": [{"d": None, "f": None, "dt": None, "i": None}, {"d": -3, "f": 1e10, "dt": "0001-01-01", "i": 5}]}}], outputMode="complete")
case("A long sum that overflows stops the query", 'df = stream("e").groupBy().agg(F.sum("v").alias("s"))', E, [e(("a", 9223372036854775807, None)), e(("a", 1, None))], outputMode="complete", sink="noop")
case("A count after dropping duplicates", 'df = stream("e").withWatermark("ts", "1 minute").dropDuplicates(["k", "ts"]).groupBy(F.window("ts", "1 minute")).count()', E, MOVING + [e(("a", 4, "12:03:00"), ("z", 1, "12:20:00"))])
case("A second window over window_time", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute"), "k").count().groupBy(F.window(F.window_time("window"), "5 minutes")).agg(F.sum("count").alias("n"), F.count("*").alias("g"))', E, MOVING + [e(("z", 1, "12:30:00")), e(("z", 1, "13:00:00"))])
case("A second window over the window itself", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute"), "k").count().groupBy(F.window("window", "5 minutes")).agg(F.sum("count").alias("n"))', E, MOVING + [e(("z", 1, "12:30:00")), e(("z", 1, "13:00:00"))])
case("Sorted and limited in complete mode", 'df = stream("e").groupBy("k").agg(F.sum("v").alias("s")).orderBy(F.desc_nulls_last("s"), F.asc_nulls_first("k")).limit(2)', E, MOVING, outputMode="complete", rowsOrdered=True)
case("A limit in append mode counts over batches", 'df = stream("e").select("k", "v").limit(4)', E, MOVING)
case("Two windows in one aggregate are refused", 'df = stream("e").groupBy(F.window("ts", "1 minute"), F.window("ts", "2 minutes")).count()', E, MOVING[:1], outputMode="update")
case("A windowed aggregate with the event time itself as key", 'df = stream("e").withWatermark("ts", "1 minute").groupBy("ts").count()', E, MOVING)
case("A column window outside an aggregate", 'df = stream("e").withWatermark("ts", "1 minute").select("k", F.window("ts", "2 minutes", "1 minute").alias("w")).select("k", "w.start", "w.end")', E, MOVING)
DIM = 'dim = static([("a", "Alpha"), ("b", "Beta"), ("b", "Beta2"), (None, "Null"), ("z", "Zed")], "k string, name string")\n'
for how in ("inner", "left", "left_semi", "left_anti", "cross"):
    program = DIM + (f'df = stream("e").join(dim, "k", "{how}")' if how != "cross" else 'df = stream("e").crossJoin(dim.withColumnRenamed("k", "k2"))')
    case(f"A {how.replace('_', ' ')} join with a table", program, E, MOVING[:1] + MOVING[3:])
case("A right join with the table on the left", DIM + 'df = dim.join(stream("e"), "k", "right")', E, MOVING[:1] + MOVING[3:])
case("A right join with the table on the right is refused", DIM + 'df = stream("e").join(dim, "k", "right")', E, MOVING[:1])
case("A full join with a table is refused", DIM + 'df = stream("e").join(dim, "k", "full")', E, MOVING[:1])
case("A join with columns of one name, aliased", DIM + 's = stream("e").alias("s")\nd = dim.alias("d")\ndf = s.join(d, F.expr("s.k <=> d.k"), "left").select("s.k", F.col("d.k").alias("dk"), "name", "v")', E, MOVING[:1] + MOVING[3:])
case("An ambiguous column is refused", DIM + 's = stream("e").alias("s")\nd = dim.alias("d")\ndf = s.join(d, F.expr("s.k = d.k")).select("k")', E, MOVING[:1])
case("A join with a table and a condition on both sides, counted", 'dim = static([("a", 2), ("a", 4), ("b", 0)], "k2 string, low bigint")\ndf = stream("e").withWatermark("ts", "1 minute").join(dim, F.expr("k = k2 and v >= low"), "left").groupBy(F.window("ts", "1 minute"), "low").count()', E, MOVING)
case("Two tables, one aggregated", 'dim = static([("a", 2), ("a", 4), ("b", 0)], "k string, low bigint")\nnames = static([("a", "A")], "k string, name string")\ndf = stream("e").join(dim.groupBy("k").agg(F.max("low").alias("m")), ["k"], "left").join(names, ["k"], "left")', E, MOVING[:1] + MOVING[3:])
case("A union by name with missing columns", 'df = stream("a").withColumn("x", F.lit(1)).unionByName(stream("b").withColumn("y", F.lit(2.5)), allowMissingColumns=True)', AB, [ab([("p", "12:00:00")], [("q", "12:01:00")])])
case("A union widens types", 'df = stream("a").select(F.lit(1).alias("n"), "k").union(stream("b").select(F.lit(2.5).cast("double"), F.col("ts").cast("string")))', AB, [ab([("p", "12:00:00")], [("q", "12:01:00")])])
case("A union of unequal widths is refused", 'df = stream("a").union(stream("b").select("k"))', AB, [ab([("p", "12:00:00")])])
case("Rows except a table", 'dim = static([("a",), (None,)], "k string")\ndf = stream("e").select("k").exceptAll(dim)', E, MOVING[:1] + MOVING[3:], outputMode="update")
N = {"n": {"schema": "id int, a array<int>, m map<string,int>, s array<struct<x:int,y:string>>"}}
NR = [{"input": {"n": [{"id": 1, "a": [1, None, 2], "m": {"p": 1}, "s": [{"x": 1, "y": "u"}, {"x": 2, "y": None}]}, {"id": 2, "a": [], "m": {}, "s": []}, {"id": 3, "a": None, "m": None, "s": None}]}}]
for g, call in {"explode": 'F.explode("a").alias("x")', "explode_outer": 'F.explode_outer("a").alias("x")', "posexplode": 'F.posexplode("a")', "posexplode_outer of a map": 'F.posexplode_outer("m")', "explode of a map": 'F.explode("m")', "inline": 'F.inline("s")', "inline_outer": 'F.inline_outer("s")', "stack": 'F.stack(F.lit(2), F.lit("x"), "id", F.lit("y"), F.size("a"))'}.items():
    case(f"The generator {g}", f'df = stream("n").select("id", {call})', N, NR)
case("Columns added, renamed, dropped and filled", 'df = stream("e").withColumns({"v2": F.col("v") + 1, "V": F.col("v").cast("string")}).withColumnRenamed("k", "key").drop("ts").na.fill({"key": "none", "v2": 0}).withColumnsRenamed({"v2": "w"})', E, MOVING)
case("Rows with nulls dropped and values replaced", 'df = stream("e").na.drop(subset=["k", "v"]).na.replace({"a": "A", "b": None}, subset=["k"]).na.fill("?")', E, MOVING)
case("Strings and dates", 'df = stream("e").select(F.concat_ws("-", "k", F.col("v").cast("string")).alias("c"), F.date_format("ts", "yyyy-MM-dd\'T\'HH:mm:ss.SSS EEE").alias("f"), F.date_trunc("hour", "ts").alias("h"), F.unix_timestamp("ts").alias("u"), F.date_add(F.to_date("ts"), 31).alias("d"), F.lpad("k", 3, "*").alias("l"), F.col("ts").cast("double").alias("x"), F.col("ts").cast("string").alias("s"), F.months_between("ts", F.lit("2025-01-31").cast("timestamp")).alias("mb"), F.trunc("ts", "week").alias("tr"))', E, [e(("a", 1, "12:00:00.123456"), (None, None, None), ("long", -5, "1582-10-25T00:00:00Z"))])
case("Casts and conditions", 'df = stream("e").select(F.when(F.col("v") > 2, "big").when(F.col("v").isNull(), F.lit(None)).otherwise(F.col("k")).alias("w"), F.col("v").cast("decimal(10,2)").alias("d"), (F.col("v") / 3).alias("q"), (F.col("v") % 3).alias("r"), F.expr("v div 2").alias("i"), F.coalesce("v", F.lit(0)).alias("z"), F.greatest("v", F.lit(3)).alias("g"), F.col("v").between(2, 4).alias("b"), F.col("k").isin("a", "c").alias("in"), F.round(F.col("v") / 7, 3).alias("ro"), F.bround(F.lit(2.5)).alias("br"))', E, MOVING)
case("A cast that fails stops the query", 'df = stream("e").select(F.col("k").cast("int").alias("i"))', E, [e(("1", 1, None), (None, 1, None)), e(("x", 1, None))], sink="noop")
case("An array index beyond the end stops the query", 'df = stream("e").select(F.split("k", ",")[1].alias("x"))', E, [e(("a,b", 1, None)), e(("a", 1, None))], sink="noop")
case("An integer overflow stops the query", 'df = stream("e").select((F.col("v") + 1).alias("x"))', E, [e(("a", 9223372036854775806, None)), e(("a", 9223372036854775807, None))], sink="noop")
case("Rows compared with the present", 'df = stream("e").where(F.col("ts") < F.current_timestamp()).where("ts > current_timestamp() - interval 1000000 days").select("k")', E, [e(("a", 1, "12:00:00"), ("b", 1, "2999-01-01T00:00:00Z"), ("c", 1, None))])
case("Observed metrics", 'df = stream("e").observe("seen", F.count(F.lit(1)).alias("rows"), F.max("v").alias("hi"), F.sum("v").alias("s")).where("v > 2")', E, MOVING)
case("A restart after a filter changed", 'df = stream("e").withWatermark("ts", "1 minute").where("v > 0").groupBy(F.window("ts", "1 minute")).count()', E, MOVING[:2] + [{"restart": {"program": 'df = stream("e").withWatermark("ts", "1 minute").where("v > 1").groupBy(F.window("ts", "1 minute")).count()\n'}, **MOVING[2]}, MOVING[3]])
case("A restart with one more column in a plain query", 'df = stream("e").select("k")', E, MOVING[:1] + [{"restart": {"program": 'df = stream("e").select("k", "v")\n'}, **MOVING[1]}])
case("A restart with other keys is refused", 'df = stream("e").groupBy("k").count()', E, MOVING[:1] + [{"restart": {"program": 'df = stream("e").groupBy("v").count()\n'}, **MOVING[1]}], outputMode="update")
case("A restart with another aggregate is refused", 'df = stream("e").groupBy("k").count()', E, MOVING[:1] + [{"restart": {"program": 'df = stream("e").groupBy("k").agg(F.count("*").alias("count"), F.max("k"))\n'}, **MOVING[1]}], outputMode="update")
case("A restart with dropDuplicates instead of a count is refused", 'df = stream("e").groupBy("k").count()', E, MOVING[:1] + [{"restart": {"program": 'df = stream("e").dropDuplicates(["k"])\n'}, **MOVING[1]}], outputMode="update")
case("A restart keeps the watermark and the late rows", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute")).count()', E, MOVING[:2] + [{"restart": {}, **MOVING[2]}, {"restart": {}, **MOVING[3]}], conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"})


def f(name, mtime, *rows):
    return {"stream": "f", "name": name, "mtime": 1767225600 + mtime, "rows": list(rows)}


V = {"f": {"schema": "v bigint"}}
SIX = [{"files": [f(n, t, {"v": i}) for i, (n, t) in enumerate([("c.json", 3), ("a.json", 1), ("b.json", 2), ("e.json", 5), ("d.json", 4)])]}]
case("Newest files first", 'df = stream("f", maxFilesPerTrigger=2, latestFirst=True)', V, SIX)
case("Files too old beside the newest are skipped", 'df = stream("f", maxFileAge="2s")', V, [{"files": [f("a.json", 100, {"v": 1})]}, {"files": [f("b.json", 90, {"v": 2}), f("c.json", 101, {"v": 3}), f("d.json", 99, {"v": 4})]}])
case("Once takes everything in one batch", 'df = stream("f", maxFilesPerTrigger=2)', V, SIX + [{"files": [f("g.json", 9, {"v": 9})]}], trigger={"once": True})
case("Available-now with limits and a watermark", 'df = stream("e", maxFilesPerTrigger=1).withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute")).count()', E, MOVING, trigger={"availableNow": True})
case("Available-now without no-data batches", 'df = stream("e", maxFilesPerTrigger=1).withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute")).count()', E, MOVING, trigger={"availableNow": True}, conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"})
case("Cleaning by deletion", 'df = stream("f", maxFilesPerTrigger=1, cleanSource="delete")', V, [{"files": [f("a.json", 1, {"v": 1}), f("b.json", 2, {"v": 2})]}, {"files": [f("c.json", 3, {"v": 3})]}], filesLeft=True)
case("File names only decide what is new", 'df = stream("f", fileNameOnly=True, recursiveFileLookup=True)', V, [{"files": [f("one/a.json", 1, {"v": 1})]}, {"files": [f("two/a.json", 2, {"v": 2}), f("two/b.json", 2, {"v": 3})]}])
case("Partition columns come from directories", 'df = stream("f")', {"f": {"schema": "v bigint, day string, n int"}}, [{"files": [f("day=2026-01-01/n=7/a.json", 1, {"v": 1}), f("day=2026-01-02/n=8/b.json", 2, {"v": 2})]}, {"files": [f("day=__HIVE_DEFAULT_PARTITION__/n=9/c.json", 3, {"v": 3})]}])
case("A glob filter chooses files", 'df = stream("f", pathGlobFilter="*.log", recursiveFileLookup=True)', V, [{"files": [f("a.log", 1, {"v": 1}), f("b.json", 2, {"v": 2}), f("sub/c.log", 3, {"v": 3}), f("_hidden.log", 3, {"v": 4}), f(".dot.log", 3, {"v": 5})]}])
case("A deleted file does not matter afterwards", 'df = stream("f")', V, [{"files": [f("a.json", 1, {"v": 1})]}, {"delete": [{"stream": "f", "name": "a.json"}], "files": [f("b.json", 2, {"v": 2})]}, {"restart": {}, "files": [f("a.json", 3, {"v": 3})]}])
J = {"j": {"schema": "i int, d double, b boolean, t timestamp, dt date, a array<int>, s struct<x:int,y:string>, m map<string,int>, dec decimal(5,2), str string, _corrupt_record string"}}
LINES = ['{"i":1,"d":1.5,"b":true,"t":"2026-01-01T00:00:00Z","dt":"2026-01-01","a":[1,2],"s":{"x":1,"y":"q"},"m":{"k":1},"dec":1.25,"str":"x"}', '{"i":"x"}', '{"i":1.5,"str":5}', '{"i":3000000000}', '{"d":"NaN","b":"true","str":{"a":1}}', '{"t":"2026-13-01","str":"bad time"}', '{"a":[1,"x"],"s":{"x":"no","y":"kept"},"str":"bad nested"}', '[{"i":7},{"i":8}]', 'null', '', '   ', '{"i":1} trailing', '{"i":1,"i":2}', "{'i':4}", '{"dec":123456.789,"str":"wide"}', '{"dec":1.239}', '{"I":5}', '{"i":null,"str":null}', '{"str":"a\\u00e9\\n"}', '{', '123', '"text"', '{"t":1767225600,"str":"num"}', '{"dt":"2026-1-5","str":"short"}']
case("JSON lines of every kind in permissive mode", 'df = stream("j")', J, [{"input": {"j": LINES}}])
case("JSON lines of every kind, malformed dropped", 'df = stream("j").drop("_corrupt_record")', {"j": {"schema": J["j"]["schema"], "options": {"mode": "DROPMALFORMED"}}}, [{"input": {"j": LINES}}])
case("JSON lines with options", 'df = stream("j")', {"j": {"schema": "i int, t timestamp, dt date, s string, n int", "options": {"timestampFormat": "dd/MM/yyyy HH:mm", "dateFormat": "MM-yyyy-dd", "primitivesAsString": "true", "allowSingleQuotes": "true", "allowUnquotedFieldNames": "true", "allowComments": "true", "allowNumericLeadingZeros": "true", "allowNonNumericNumbers": "true"}}}, [{"input": {"j": ["{'i':007,t:'31/12/2025 23:59',dt:'02-2026-03'}", '{"s":true /* c */,"n":+5}', '{"s":{"deep":[1,2]}}', '{"s":1.50}']}}])
case("JSON in failfast mode stops the query", 'df = stream("j")', {"j": {"schema": "i int", "options": {"mode": "FAILFAST"}}}, [{"input": {"j": ['{"i":1}']}}, {"input": {"j": ['{"i":1}', '{"i":"x"}']}}], sink="noop")
C = {"c": {"format": "csv", "schema": "i int, s string, d double, t timestamp, bad string", "options": {"columnNameOfCorruptRecord": "bad"}}}
CSV = ['1,one,1.5,2026-01-01T00:00:00Z', '2,"quoted, comma",2.5,2026-01-01 00:00:00', 'x,bad int,1,', '3,,,', '4', '5,a,b,c,d,e', '"6","with ""quotes""",NaN,', ' 7 , spaced ,-Infinity,2026-01-01', '', '8,"esc \\" q",1e3,', ',,,', '9,"open']
case("CSV lines in permissive mode", 'df = stream("c")', C, [{"input": {"c": CSV}}])
case("CSV lines, malformed dropped", 'df = stream("c")', {"c": {"format": "csv", "schema": "i int, s string, d double, t timestamp", "options": {"mode": "DROPMALFORMED"}}}, [{"input": {"c": CSV}}])
case("CSV with a header, a separator and names for null", 'df = stream("c")', {"c": {"format": "csv", "schema": "i int, s string, d date", "options": {"header": "true", "sep": ";", "nullValue": "NA", "emptyValue": "EMPTY", "ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true", "comment": "#", "dateFormat": "dd.MM.yyyy", "quote": "'"}}}, [{"input": {"c": ["i;s;d", "1; a ;01.02.2026", "NA;NA;NA", "# none", "2;'';03.02.2026", "3;'x;y';NA"]}}, {"input": {"c": ["i;s;d", "4;;"]}}])
case("CSV in failfast mode stops the query", 'df = stream("c")', {"c": {"format": "csv", "schema": "i int, s string", "options": {"mode": "FAILFAST"}}}, [{"input": {"c": ["1,a"]}}, {"input": {"c": ["x,b"]}}], sink="noop")
case("Text files whole", 'df = stream("t", wholetext=True)', {"t": {"format": "text"}}, [{"input": {"t": ["one", "two"]}}, {"input": {"t": ["three"]}}])
case("Text files cut at another separator", 'df = stream("t", lineSep=";")', {"t": {"format": "text"}}, [{"input": {"t": ["a;b;", "c"]}}])
case("A filter on a JSON scan counts fewer input rows", 'df = stream("e").where("v > 2 and k like \'a%\'").select("k")', E, MOVING)
case("A filter on a text scan counts all rows", 'df = stream("t").where("value > \'b\'")', {"t": {"format": "text"}}, [{"input": {"t": ["a", "b", "c"]}}])
for form in ("json", "csv", "parquet", "text"):
    case(f"A {form} sink keeps a log of its files", 'df = stream("e").select("k", "v")' if form != "text" else 'df = stream("e").select("k")', E, MOVING, sink=form)
case("A partitioned JSON sink", 'df = stream("e").select("v", "k", F.to_date("ts").alias("day"))', E, MOVING, sink="json", partitionBy=["k", "day"])
case("A sink log is compacted", 'df = stream("f", maxFilesPerTrigger=1)', V, [{"files": [f(f"{i:02d}.json", i, {"v": i}) for i in range(5)]}], sink="json", conf={"spark.sql.streaming.fileSink.log.compactInterval": "3", "spark.sql.streaming.fileSource.log.compactInterval": "3"})
case("A windowed append into a file sink", 'df = stream("e").withWatermark("ts", "30 seconds").groupBy(F.window("ts", "1 minute"), "k").count().select("k", F.col("window.start").alias("at"), "count")', E, MOVING, sink="json")
case("A memory sink", 'df = stream("e").select("k")', E, MOVING[:2], sink="memory")
case("A console sink", 'df = stream("e").groupBy("k").count()', E, MOVING[:2], sink="console", outputMode="update")
case("A file sink in update mode is refused", 'df = stream("e").groupBy("k").count()', E, MOVING[:1], sink="json", outputMode="update")
WRONG = {
    "A missing column": 'stream("e").select("nix")',
    "A missing nested field": 'stream("e").select(F.struct("k").alias("s")).select("s.nix")',
    "A type mismatch": 'stream("e").select(F.col("k") + F.array(F.lit(1)))',
    "A comparison of unlike types": 'stream("e").where(F.col("ts") == F.lit(1))',
    "A filter that is no condition": 'stream("e").where(F.col("v") + 1)',
    "An unknown function": 'stream("e").select(F.call_function("nix", "k"))',
    "A wrong number of arguments": 'stream("e").select(F.call_function("length", "k", "k"))',
    "A window without length": 'stream("e").groupBy(F.window("ts", "0 seconds")).count()',
    "A window of nonsense": 'stream("e").groupBy(F.window("ts", "ten minutes")).count()',
    "A window over text": 'stream("e").groupBy(F.window("k", "1 minute")).count()',
    "A window offset beyond its slide": 'stream("e").groupBy(F.window("ts", "5 minutes", "5 minutes", "6 minutes")).count()',
    "A negative watermark": 'stream("e").withWatermark("ts", "-1 minutes")',
    "A watermark on a missing column": 'stream("e").withWatermark("nix", "1 minute")',
    "A watermark on a number": 'stream("e").withWatermark("v", "1 minute")',
    "A column that is not grouped": 'stream("e").groupBy("k").agg(F.col("v"))',
    "An aggregate in a filter": 'stream("e").where(F.count("k") > 1)',
    "A nested aggregate": 'stream("e").groupBy("k").agg(F.sum(F.count("v")))',
    "Two named generators in one projection": 'stream("e").select(F.explode(F.array("k")).alias("x"), F.explode(F.array("v")).alias("y"))',
    "A sum of texts": 'stream("e").groupBy().agg(F.sum(F.struct("k")))',
    "A sort without an aggregate": 'stream("e").orderBy("k")',
    "An offset": 'stream("e").offset(1)',
    "An intersection with a table": 'stream("e").select("k").intersect(static([("a",)], "k string"))',
    "A table except a stream": 'static([("a",)], "k string").exceptAll(stream("e").select("k"))',
    "A text that does not parse": 'stream("e").select(F.expr("v +"))',
    "An invalid cast": 'stream("e").select(F.col("ts").cast("array<int>"))',
    "A duplicate alias used again": 'stream("e").select(F.col("k").alias("x"), F.col("v").alias("x")).select("x")',
    "A monotonic id": 'stream("e").select(F.monotonically_increasing_id())',
    "A repeated watermark": 'stream("e").withWatermark("ts", "1 minute").withWatermark("ts", "2 minutes").groupBy(F.window("ts", "1 minute")).count()',
    "A filter on grouping id without grouping": 'stream("e").groupBy("k").agg(F.grouping_id())',
    "A map compared": 'stream("e").where(F.create_map("k", "v") == F.create_map("k", "v"))',
}
for name, expression in WRONG.items():
    case(f"{name}, what Spark says", f"df = {expression}", E, MOVING[:1])

case("Two generators give every pair", 'df = stream("n").select(F.explode("a").alias("x"), "id", F.posexplode("m"))', N, NR)
case("A filter over a call keeps its columns from null below the watermark", 'df = stream("e").withWatermark("ts", "0 seconds").where("unix_timestamp(ts) + v > 0").groupBy(F.window("ts", "1 minute")).count()', E, MOVING)
case("An input of long integers beyond doubles", 'df = stream("e").select("v", (F.col("v") - 1).alias("w"))', E, [e(("a", 9007199254740993, None), ("b", -9223372036854775808 + 1, None))])
