"""
fakesnow's server as Snowflake's own Node.js driver needs it: python fakesnow_shim.py PORT

The server answers in Arrow, which that driver does not read; here every answer becomes JSON rows. PUT goes to a stage on the local disk.
Added are REMOVE, CURRENT_WAREHOUSE() and CURRENT_ROLE() (what the login named), and what becomes of a transaction that somebody left open and
another one waits for: Snowflake rolls it back after 5 minutes without a statement, this server after a second.
It is DuckDB behind translated SQL: no credential, warehouse or right is checked.
"""

import asyncio
import base64
import datetime
import gzip
import json
import os
import re
import sys
import time

import duckdb
import fakesnow.server as server
import pyarrow
import snowflake.connector.errors
import sqlglot
import uvicorn
from fakesnow import transforms
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.dialect import parse_one
from fakesnow.transforms import stage
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

# The driver waits for ever for a timestamp whose format it has not been told.
FORMATS = {
    "TIMEZONE": "Etc/UTC",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "BINARY_OUTPUT_FORMAT": "HEX",
}
EPOCH = datetime.date(1970, 1, 1)
REMOVE = re.compile(r"^\s*(?:REMOVE|RM)\s+@(\"?[\w$.~%\"]+)(/\S*)?\s*;?\s*$", re.IGNORECASE)

SESSION = re.compile(r"\bCURRENT_(WAREHOUSE|ROLE)\(\)", re.IGNORECASE)
BEGINS = re.compile(r"^\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
ENDS = re.compile(r"^\s*(?:COMMIT|ROLLBACK)\b", re.IGNORECASE)
IDLE_SECONDS = 1.0
# What Snowflake answers who has waited for a lock for too long.
LOCKED = "000625"

results = {}
# By session token: what the login named, when it last asked for something, whose transaction is open, and whose was rolled back under it.
named, asked, opened, aborted = {}, {}, set(), set()


def timestamp(value, kind):
    if value["epoch"] is None:
        return None
    zone = f" {value['timezone']}" if kind == "timestamp_tz" else ""
    return f"{value['epoch']}.{value['fraction']:09d}{zone}"


def cell(value, kind):
    """A value as Snowflake writes it into a JSON row set."""
    if value is None:
        return None
    if kind.startswith("timestamp"):
        return timestamp(value, kind)
    if kind == "date":
        return str((value - EPOCH).days)
    if kind == "time":
        return f"{value // 10**9}.{value % 10**9:09d}"
    if kind == "boolean":
        return "1" if value else "0"
    if kind == "binary":
        return bytes(value).hex().upper()
    if isinstance(value, str):
        return value
    return json.dumps(value) if kind == "variant" else str(value)


def as_json_rows(data):
    if data.get("queryResultFormat") == "arrow":
        raw = base64.b64decode(data.pop("rowsetBase64") or "")
        data["rowset"], data["queryResultFormat"] = [], "json"
        if raw:
            table = pyarrow.ipc.open_stream(raw).read_all()
            kinds = [column["type"] for column in data["rowtype"]]
            columns = [[cell(v, kind) for v in table.column(i).to_pylist()] for i, kind in enumerate(kinds)]
            data["rowset"] = [list(row) for row in zip(*columns)]
    data["parameters"] = [{"name": name, "value": value} for name, value in FORMATS.items()]
    if "rowset" in data:
        data.update(total=len(data["rowset"]), returned=len(data["rowset"]), version=1)


def remove(connection, name, path):
    """Deletes the files of a stage below a path; answers their names. Throws where there is no such stage."""
    connection.cursor().execute(f"LIST @{name}")
    parts = [part.strip('"') if part.startswith('"') else part.upper() for part in name.split(".")]
    qualified = ".".join([connection.database, connection.schema][: 3 - len(parts)] + parts)
    directory = stage.internal_dir(qualified)
    wanted = os.path.join(directory, (path or "").lstrip("/"))
    removed = []
    for folder, _, files in os.walk(directory):
        for file in files:
            full = os.path.join(folder, file)
            if full.startswith(wanted):
                os.remove(full)
                removed.append([os.path.relpath(full, directory), "removed"])
    return removed


def removed_answer(rows, query_id):
    text = {"type": "text", "nullable": False, "scale": None, "precision": None, "length": 1000, "byteLength": 1000}
    data = {"queryId": query_id, "queryResultFormat": "json", "rowset": rows, "statementTypeId": 0}
    data["rowtype"] = [{"name": name, **text} for name in ("name", "result")]
    as_json_rows(data)
    return {"success": True, "code": None, "message": None, "data": data}


def merge(expression):
    """DuckDB's own MERGE, in place of statements that cannot stand in a transaction. It counts nothing."""
    counts = 'SELECT 0 AS "number of rows inserted", 0 AS "number of rows updated"'
    return [expression, parse_one(counts)] if isinstance(expression, sqlglot.exp.Merge) else [expression]


def execute(self, *arguments, **named_arguments):
    """A null where none may stand, and a row that another transaction has changed, are errors of the statement and not of the server."""
    try:
        return unpatched_execute(self, *arguments, **named_arguments)
    except duckdb.ConstraintException as error:
        raise snowflake.connector.errors.ProgrammingError(msg=str(error), errno=100072, sqlstate="22000") from None
    except duckdb.TransactionException as error:
        if "onflict" not in str(error):
            raise
        raise snowflake.connector.errors.ProgrammingError(msg=str(error), errno=int(LOCKED), sqlstate="57014") from None


def answer_of(response):
    return {"code": None, "message": None, **json.loads(response.body)}


def failure(code, state, message):
    return {"success": False, "code": code, "message": message, "data": {"errorCode": code, "sqlState": state}}


def roll_back_idle(token):
    """Rolls back what sessions other than this one left open a while ago; answers whether there was any."""
    idle = [other for other in opened if other != token and time.monotonic() - asked[other] >= IDLE_SECONDS]
    for other in idle:
        if other in server.sessions:
            server.sessions[other].cursor().execute("ROLLBACK")
        opened.discard(other)
        aborted.add(other)
    return bool(idle)


async def query(request):
    body = await request.body()
    zipped = request.headers.get("Content-Encoding") == "gzip"
    question = json.loads(gzip.decompress(body) if zipped else body)
    sql = question["sqlText"]
    token = server.to_token(request)
    asked[token] = time.monotonic()
    if token in aborted:
        if not ENDS.match(sql) or sql.strip().upper().startswith("COMMIT"):
            return JSONResponse(failure("090232", "40001", "Your statement was aborted because its transaction was rolled back"))
        aborted.discard(token)
    if found := REMOVE.match(sql):
        try:
            rows = await run_in_threadpool(remove, server.to_conn(token), found[1], found[2])
        except snowflake.connector.errors.ProgrammingError as error:
            return JSONResponse(failure(f"{error.errno:06d}", error.sqlstate, error.msg))
        return JSONResponse(removed_answer(rows, request.query_params.get("requestId", "remove")))
    question["sqlText"] = SESSION.sub(lambda m: literal(named.get(token, {}).get(m[1].upper())), sql)
    changed = json.dumps(question).encode()
    request._body = gzip.compress(changed) if zipped else changed
    answer = await run(request, token)
    if answer.get("success"):
        if BEGINS.match(sql):
            opened.add(token)
        elif ENDS.match(sql):
            opened.discard(token)
    if answer.get("success") and answer.get("data"):
        as_json_rows(answer["data"])
        results[answer["data"].get("queryId")] = answer
    return JSONResponse(answer, status_code=answer.pop("status"))


async def run(request, token):
    """Runs a statement; one that waits for a lock has it when its owner has been idle for a while. In a transaction it is given up, as DuckDB does."""
    patience = time.monotonic() + 2 * IDLE_SECONDS
    while True:
        response = await server.query_request(request)
        answer = {**answer_of(response), "status": response.status_code}
        if answer["code"] != LOCKED:
            return answer
        given_way = roll_back_idle(token)
        if token in opened:
            await run_in_threadpool(server.to_conn(token).cursor().execute, "ROLLBACK")
            opened.discard(token)
            return answer
        if not given_way and (not opened or time.monotonic() > patience):
            return answer
        await asyncio.sleep(0 if given_way else 0.1)


def literal(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


async def login(request):
    response = await server.login_request(request)
    asked_for = {"WAREHOUSE": request.query_params.get("warehouse"), "ROLE": request.query_params.get("roleName")}
    named[answer_of(response)["data"]["token"]] = {name: value and value.upper() for name, value in asked_for.items()}
    return response


async def result(request):
    unknown = {"success": False, "data": None, "code": "000709", "message": "unknown query"}
    return JSONResponse(results.get(request.path_params["id"]) or unknown)


async def ready(_):
    return JSONResponse({"success": True, "data": None, "code": None, "message": None})


transforms.merge = merge
unpatched_execute, FakeSnowflakeCursor.execute = FakeSnowflakeCursor.execute, execute
# A stage is a folder of this machine, which the driver writes into by itself.
server.gcs_stage_info = lambda request, expression, put: put["stageInfo"]
server.app.router.routes[:0] = [
    Route("/ready", ready),
    Route("/session/v1/login-request", login, methods=["POST"]),
    Route("/queries/v1/query-request", query, methods=["POST"]),
    Route("/queries/{id}/result", result),
    Route("/telemetry/send", ready, methods=["POST"]),
]
uvicorn.run(server.app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
