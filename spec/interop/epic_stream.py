"""Compares the channels and events of a growth run with the log of EPIC that it was made of: Python reads both.

usage: epic_stream.py LOG_FOLDER RUN_FOLDER
"""
import datetime
import gzip
import json
import re
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import zarr

log, run = map(Path, sys.argv[1:])
BERLIN = ZoneInfo("Europe/Berlin")
OVER_RANGE = 9.9e9


def rows_of(path):
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    return lines[2].split(","), [line.split(",") for line in lines[3:] if line]


midnights = {}


def seconds(text):
    """Day first, in Berlin. No clock is changed within the day."""
    date, clock = text.split(" ")
    if date not in midnights:
        day, month, year = map(int, date.split("/"))
        midnights[date] = round(datetime.datetime(year, month, day, tzinfo=BERLIN).timestamp()) * 1000
    hours, minutes, rest = clock.split(":")
    ms = int(rest.replace(".", ""))
    return (midnights[date] + int(hours) * 3_600_000 + int(minutes) * 60_000 + ms) / 1000


def iso(unix):
    at = datetime.datetime.fromtimestamp(unix, datetime.timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# What the log says: a channel a value file, and one a shutter.
expected, over = {}, {}
for path in sorted(log.glob("*.MV.txt*")) + sorted(log.glob("*.wOP.txt*")) + sorted(log.glob("*.PG.[IP].txt*")):
    _, rows = rows_of(path)
    times = np.array([seconds(time) for time, _ in rows])
    values = np.array([float(value) for _, value in rows])
    is_over = values == OVER_RANGE
    name = re.sub(r"\.txt(\.gz)?$", "", path.name)
    if len(rows):
        expected[name] = (times, np.where(is_over, np.nan, values))
    if is_over.any():
        over[name] = int(is_over.sum())
        expected[f"{name}.over-range"] = (times[is_over], values[is_over])
header, rows = rows_of(log / "Shutters.txt")
shutters = header[1:]
for index, name in enumerate(shutters, 1):
    expected[name] = (np.array([seconds(row[0]) for row in rows]), np.array([float(row[index]) for row in rows]))

# What the platform has.
group = zarr.open_group(run / "channels" / "channels.zarr", mode="r")
stored = {channel.attrs["name"]: (channel["time"][:], channel["value"][:]) for _, channel in group.groups()}
different = [
    name
    for name in expected.keys() | stored.keys()
    if name not in stored
    or name not in expected
    or not all(np.array_equal(*pair, equal_nan=True) for pair in zip(expected[name], stored[name]))
]
time, value = stored["Ga_Sh"]
opened = time[1:][(value[:-1] == 0) & (value[1:] == 1)]

with open(run / "events.jsonl", encoding="utf-8") as file:
    events = [json.loads(line) for line in file]
_, messages = rows_of(log / "Messages.txt")
said = [{"t": iso(seconds(m[0])), "text": f"{m[1]}: {', '.join(m[2:-1])}"} for m in messages]

print(
    json.dumps(
        {
            "different": different,
            "points": int(sum(len(time) for time, _ in stored.values())),
            "finite": int(sum(np.isfinite(value).sum() for _, value in stored.values())),
            "shutters": {name: len(stored[name][0]) for name in shutters},
            "overRange": over,
            "gallium": [iso(unix) for unix in opened],
            "events": [{"t": event["t"], "text": event["text"]} for event in events] == said,
            "messages": len(said),
        }
    )
)
