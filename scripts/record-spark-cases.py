#!/usr/bin/env python3
"""Records what a live Spark makes of streaming programs, step by step.

    python3 scripts/record-spark-cases.py test/golden/more/cases.py [--out test/golden/more] [--only TEXT]

The file of cases calls `case(name, program, streams, steps, ...)`; a program is PySpark with `stream(name, **options)`,
`static(rows, schema)`, `spark` and `F`, and sets `df`. A case becomes one JSON file: the plan as the Connect client sends it, and, per step,
the batches that ran, their rows, their state and the watermark, or the error. The query that runs is that very plan.
Needs `pip install 'pyspark[connect]==4.3.0'` and Java 17.
"""
import argparse
import collections
import copy
import json
import os
import re
import shutil
import socket
import tempfile
import warnings

warnings.filterwarnings("ignore")
from google.protobuf.json_format import MessageToDict  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql.dataframe import DataFrame as AnyDataFrame  # noqa: E402

MODES = "append"
CASES = []


def case(name, program, streams, steps, **more):
    """One case; `more` may hold description, conf, outputMode, sink, trigger, partitionBy, sinkOptions, rowsOrdered."""
    CASES.append({"name": name, "program": program.strip() + "\n", "streams": streams, "steps": steps, **more})


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Spark:
    """A classic session with a Connect server inside, and a Connect client that only makes plans."""

    def __init__(self):
        port = free_port()
        self.session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.warehouse.dir", tempfile.mkdtemp())
            .config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
            .config("spark.connect.grpc.binding.port", str(port))
            .getOrCreate()
        )
        self.session.sparkContext.setLogLevel("OFF")
        from pyspark.sql.connect.session import SparkSession as Remote
        import pyspark.sql.connect.functions as functions

        self.remote, self.functions = Remote(f"sc://localhost:{port}"), functions
        jvm = self.session._jvm
        holder = jvm.org.apache.spark.sql.connect.service.SessionHolder("recorder", "0", self.session._jsparkSession)
        self.planner = jvm.org.apache.spark.sql.connect.planner.SparkConnectPlanner(holder, jvm.scala.Option.empty())

    def plan(self, program, streams, statics):
        """The program's plan: its message."""

        def stream(name, **options):
            spec = streams[name]
            reader = self.remote.readStream.format(spec.get("format", "json"))
            if "schema" in spec:
                reader = reader.schema(spec["schema"])
            for key, value in {**spec.get("options", {}), **options}.items():
                reader = reader.option(key, value)
            return reader.load(f"stream:{name}")

        def static(rows, schema):
            name = f"t{len(statics)}"
            for known, table in statics.items():
                if table == {"schema": schema, "rows": [list(r) for r in rows]}:
                    name = known
            statics[name] = {"schema": schema, "rows": [list(r) for r in rows]}
            return self.remote.read.format("json").schema(schema).load(f"static:{name}")

        scope = {"stream": stream, "static": static, "spark": self.remote, "F": self.functions}
        exec(program, scope)
        return scope["df"]._plan.to_proto(self.remote._client).root

    def frame(self, message, root, statics):
        """The plan as a classic DataFrame, over the case's own directories."""
        bound = copy.deepcopy(message)
        self.bind(bound, root, statics)
        jvm = self.session._jvm
        relation = jvm.org.apache.spark.connect.proto.Relation.parseFrom(bound.SerializeToString())
        logical = self.planner.transformRelation(relation)
        return AnyDataFrame(jvm.org.apache.spark.sql.classic.Dataset.ofRows(self.session._jsparkSession, logical), self.session)

    def bind(self, message, root, statics):
        if message.DESCRIPTOR.name == "DataSource":
            for i, path in enumerate(message.paths):
                if path.startswith("stream:"):
                    message.paths[i] = f"{root}/in/{path[7:]}"
                elif path.startswith("static:"):
                    table, directory = statics[path[7:]], f"{root}/static/{path[7:]}"
                    if not os.path.exists(directory):
                        rows = [tuple(r) for r in table["rows"]]
                        self.session.createDataFrame(rows, table["schema"]).coalesce(1).write.parquet(directory)
                    message.paths[i], message.format = directory, "parquet"
            for key in list(message.options):
                message.options[key] = message.options[key].replace("CASE/", root + "/")
        for field, value in message.ListFields():
            if field.message_type is None or field.message_type.GetOptions().map_entry:
                continue
            for part in value if isinstance(value, collections.abc.Sequence) or hasattr(value, "append") else [value]:
                self.bind(part, root, statics)


def plain(node, planned):
    """The message without what names a run: who called, plan ids that nothing refers to."""
    if isinstance(node, list):
        return [plain(n, planned) for n in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if key == "common" and isinstance(value, dict):
            if planned and "planId" in value:
                kept[key] = {"planId": value["planId"]}
        else:
            kept[key] = plain(value, planned)
    return kept


def shown(message):
    node = MessageToDict(message)
    text = json.dumps(node)
    return plain(node, bool(re.search(r'"unresolved(Attribute|Star|Regex)": \{[^{}]*"planId"', text)) or '"withRelations"' in text)


def chain(throwable, jvm):
    links = []
    while throwable is not None and len(links) < 8:
        link = {"class": throwable.getClass().getSimpleName()}
        try:
            link["condition"] = throwable.getCondition()
            link["sqlState"] = throwable.getSqlState()
        except Exception:
            pass
        link["message"] = (throwable.getMessage() or "").split("\n")[0]
        links.append({k: v for k, v in link.items() if v is not None})
        throwable = throwable.getCause()
    return links


def refusal(error, phase):
    said = {"phase": phase, "class": type(error).__name__}
    try:
        said["condition"] = error.getCondition()
        said["sqlState"] = error.getSqlState()
    except Exception:
        pass
    inner = getattr(error, "java_exception", None)
    if inner is not None:
        try:
            said["class"] = inner.getClass().getSimpleName()
            said["condition"] = inner.getCondition()
        except Exception:
            pass
        said["message"] = str(inner.getMessage()).split("\n")[0]
    else:
        said["message"] = str(error).split("\n")[0]
    return said


def batch_of(progress, rows):
    operators = ("operatorName", "numRowsTotal", "numRowsUpdated", "numRowsRemoved", "numRowsDroppedByWatermark")
    batch = {"batchId": progress["batchId"], "numInputRows": progress["numInputRows"]}
    if rows is not None:
        batch["rows"] = rows.get(progress["batchId"], [])
    if progress.get("eventTime"):
        batch["eventTime"] = progress["eventTime"]
    batch["stateOperators"] = [{k: o[k] for k in operators} for o in progress["stateOperators"]]
    batch["sources"] = [{k: s.get(k) for k in ("startOffset", "endOffset", "numInputRows")} for s in progress["sources"]]
    if progress.get("observedMetrics"):
        batch["observedMetrics"] = progress["observedMetrics"]
    return batch


class Recording:
    def __init__(self, spark, case_):
        self.spark, self.case = spark, case_
        self.root = tempfile.mkdtemp(prefix="spark-case-")
        self.statics, self.rows, self.files = {}, {}, 0
        self.query, self.seen = None, 0
        self.base = {"spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC", **case_.get("conf", {})}
        for name in case_["streams"]:
            os.makedirs(f"{self.root}/in/{name}")

    def feed(self, step):
        moves = []
        for name, rows in step.get("input", {}).items():
            if not rows:
                continue
            self.files += 1
            form = self.case["streams"][name].get("format", "json")
            moves.append((rows, f"{name}/{self.files:04d}.{'txt' if form == 'text' else form}", None))
        for file in step.get("files", []):
            moves.append((file["rows"], f"{file['stream']}/{file['name']}", file.get("mtime")))
        staged = []
        for i, (rows, path, mtime) in enumerate(moves):
            hidden = f"{self.root}/staged-{i}"
            with open(hidden, "w") as f:
                f.writelines((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows)
            if mtime is not None:
                os.utime(hidden, (mtime, mtime))
            os.makedirs(os.path.dirname(f"{self.root}/in/{path}"), exist_ok=True)
            staged.append((hidden, f"{self.root}/in/{path}"))
        for hidden, path in staged:
            os.rename(hidden, path)
        for file in step.get("delete", []):
            os.remove(f"{self.root}/in/{file['stream']}/{file['name']}")

    def start(self):
        writer = self.frame.writeStream.outputMode(self.case.get("outputMode", MODES)).option("checkpointLocation", f"{self.root}/checkpoint")
        trigger, sink = self.case.get("trigger"), self.case.get("sink", "foreachBatch")
        if trigger:
            writer = writer.trigger(**trigger)
        if sink == "foreachBatch":
            writer = writer.foreachBatch(self.collect)
        else:
            writer = writer.format(sink)
            for key, value in self.case.get("sinkOptions", {}).items():
                writer = writer.option(key, value)
            if self.case.get("partitionBy"):
                writer = writer.partitionBy(*self.case["partitionBy"])
            if sink in ("json", "csv", "parquet", "text", "orc"):
                writer = writer.option("path", f"{self.root}/out")
            if sink == "memory":
                writer = writer.queryName("q")
        return writer.start()

    def collect(self, frame, batch_id):
        texts = frame._jdf.toJSON().collectAsList()
        self.rows[batch_id] = [json.loads(t) for t in texts]

    def settle(self):
        if self.case.get("trigger") and "processingTime" not in self.case["trigger"]:
            self.query.awaitTermination()
        else:
            self.query.processAllAvailable()

    def step(self, step):
        self.feed(step)
        conf = self.spark.session.conf
        if "restart" in step:
            if self.query:
                self.query.stop()
            self.query = None
            for key, value in step["restart"].get("conf", {}).items():
                conf.set(key, value)
            if "program" in step["restart"]:
                self.message = self.spark.plan(step["restart"]["program"], self.case["streams"], self.statics)
                step["restart"]["plan"] = shown(self.message)
                self.frame = self.spark.frame(self.message, self.root, self.statics)
        expect = {}
        if self.query is None or not self.query.isActive:
            self.seen = 0
            try:
                self.query = self.start()
            except Exception as error:
                return {"error": refusal(error, "start")}
        try:
            self.settle()
        except Exception:
            pass
        failure = self.query._jsq.exception()
        ran = [json.loads(p.json()) for p in self.query._jsq.recentProgress()]
        ran = [p for p in ran if "addBatch" in p["durationMs"]]
        rows = self.rows if self.case.get("sink", "foreachBatch") == "foreachBatch" else None
        expect["batches"] = [batch_of(p, rows) for p in ran[self.seen :]]
        self.seen = len(ran)
        if failure.isDefined():
            expect["error"] = {"phase": "run", "chain": chain(failure.get(), self.spark.session._jvm)}
        if self.case.get("filesLeft"):
            expect["inputFilesLeft"] = {n: sorted(f for f in os.listdir(f"{self.root}/in/{n}") if not f.startswith(".")) for n in self.case["streams"]}
        return expect

    def tree(self, below):
        files = {}
        for directory, _, names in os.walk(f"{self.root}/{below}"):
            for name in names:
                path = os.path.relpath(f"{directory}/{name}", f"{self.root}/{below}")
                if not any(part.startswith(".") for part in path.split("/")):
                    files[path] = f"{directory}/{name}"
        return dict(sorted(files.items()))

    def text(self, path):
        with open(path, errors="replace") as f:
            return f.read().replace(self.root, "/CASE")

    def record(self):
        case_, session = self.case, self.spark.session
        before = {k: session.conf.get(k, None) for s in [{}] + [x.get("restart", {}) for x in case_["steps"]] for k in {**self.base, **s.get("conf", {})}}
        for key, value in self.base.items():
            session.conf.set(key, value)
        collects = case_.get("sink", "foreachBatch") == "foreachBatch"
        session.conf.set("spark.sql.jsonGenerator.ignoreNullFields", str(not collects).lower())
        told = {
            "name": case_["name"],
            "description": case_.get("description", ""),
            "spark": {"version": session.version, "conf": self.base},
            "outputMode": case_.get("outputMode", MODES),
            "sink": case_.get("sink", "foreachBatch"),
            "trigger": case_.get("trigger") or "default (as soon as possible)",
            **{k: case_[k] for k in ("partitionBy", "sinkOptions") if k in case_},
            "streams": case_["streams"],
            "program": case_["program"],
            "rowsOrdered": case_.get("rowsOrdered", False),
        }
        steps = copy.deepcopy(case_["steps"])
        try:
            self.message = self.spark.plan(case_["program"], case_["streams"], self.statics)
            told["plan"] = shown(self.message)
            try:
                self.frame = self.spark.frame(self.message, self.root, self.statics)
                told["outputSchema"] = self.frame.schema.toDDL() if hasattr(self.frame.schema, "toDDL") else self.frame._jdf.schema().toDDL()
            except Exception as error:
                steps = steps[:1]
                steps[0]["expect"] = {"error": refusal(error, "build")}
            else:
                for i, step in enumerate(steps):
                    step["expect"] = self.step(step)
                    if "error" in step["expect"]:
                        steps = steps[: i + 1]
                        break
        finally:
            if self.query:
                self.query.stop()
            for key, value in before.items():
                session.conf.unset(key) if value is None else session.conf.set(key, value)
        if self.statics:
            told["statics"] = self.statics
        told["steps"] = steps
        kept = self.tree("checkpoint")
        if kept and not any("error" in s["expect"] for s in steps):
            told["checkpoint"] = {
                "files": {p: self.text(full) for p, full in kept.items() if not p.startswith("state/")},
                "stateFileNames": [],
            }
        if case_.get("sink") in ("json", "csv", "parquet", "text", "orc"):
            told["sinkDirectory"] = {p: (None if p.endswith(("parquet", "orc")) else self.text(full)) for p, full in self.tree("out").items()}
        shutil.rmtree(self.root, ignore_errors=True)
        return json.loads(json.dumps(told).replace(self.root, "/CASE"))


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("cases")
    args.add_argument("--out", default="test/golden/more")
    args.add_argument("--only", default="", help="a pattern for the names")
    given = args.parse_args()
    with open(given.cases) as f:
        exec(compile(f.read(), given.cases, "exec"), {"case": case})
    spark = Spark()
    os.makedirs(given.out, exist_ok=True)
    for case_ in CASES:
        if not re.search(given.only, case_["name"]):
            continue
        try:
            told = Recording(spark, case_).record()
        except Exception as error:
            print(f"not recorded: {case_['name']}: {type(error).__name__} {str(error)[:400]}", flush=True)
            continue
        path = re.sub(r"[^a-z0-9]+", "-", case_["name"].lower()).strip("-")[:100]
        with open(f"{given.out}/{path}.json", "w") as f:
            json.dump(told, f, indent=1, ensure_ascii=False)
            f.write("\n")
        errors = [s["expect"]["error"] for s in told["steps"] if "error" in s["expect"]]
        print(f"recorded: {case_['name']}", *(e.get("condition") or (e.get("chain") or [{}])[-1] or e.get("message") for e in errors), flush=True)
    spark.session.stop()
    os._exit(0)


if __name__ == "__main__":
    main()
