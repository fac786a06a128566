"""Values that JSON has no word for, as objects with one key: see avro_foreign.py."""

import base64
import datetime as dt
import decimal
import uuid

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
