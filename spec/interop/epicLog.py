"""Reads EPIC's files with Python's own csv, gzip and zoneinfo, and compares every reading with those in a folder.

Usage: epicLog.py LOG READINGS. READINGS holds, for each channel, float64 triples (ms UTC, value, raw or NaN) in <channel>.f64.
"""

import csv
import gzip
import json
import math
import sys
from array import array
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

log, readings = map(Path, sys.argv[1:3])
zone = ZoneInfo("Europe/Berlin")
epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)


def milliseconds(text):
    """DD/MM/YYYY HH:MM:SS.mmm, as whole numbers."""
    local = datetime(
        int(text[6:10]), int(text[3:5]), int(text[0:2]),
        int(text[11:13]), int(text[14:16]), int(text[17:19]), int(text[20:23]) * 1000, zone,
    )
    return (local.astimezone(timezone.utc) - epoch) // timedelta(milliseconds=1)


def rows(path):
    opened = gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="")
    with opened as file:
        yield from list(csv.reader(file))[2:]


def expected():
    for path in sorted(log.iterdir()):
        name = path.name.removesuffix(".gz").removesuffix(".txt")
        if name in ("Fitting", "Messages"):
            continue
        header, *body = rows(path)
        names = header[1:] if name == "Shutters" else [name]
        for column, channel in enumerate(names, 1):
            yield channel, [(milliseconds(row[0]), float(row[column])) for row in body]


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def compare(channel, points):
    path = readings / f"{channel}.f64"
    ours = array("d", path.read_bytes() if path.exists() else b"")
    wanted = [(t, math.nan, v) if v == 9.9e9 else (t, v, math.nan) for t, v in points]
    different = sum(
        not all(map(same, point, ours[3 * i : 3 * i + 3])) for i, point in enumerate(wanted[: len(ours) // 3])
    )
    return {"expected": len(wanted), "read": len(ours) // 3, "different": different}


print(json.dumps({channel: compare(channel, points) for channel, points in expected()}))
