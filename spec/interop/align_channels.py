"""Rows of several channels, by numpy and of the whole record, beside rows that were made as readings came.

usage: align_channels.py CHANNELS_JSON ROWS_F64

CHANNELS_JSON: {axis: {period} or {follow}, channels: [{name, fill, tolerance, t, value}]}, times in ms.
ROWS_F64: little-endian float64, a row after the other: its time, and a value for each channel.

Prints how many rows there should be, how many times and NaNs differ, and by channel the worst difference (relative where values are
small) and the largest distance from the first channel.
"""
import json
import sys
from pathlib import Path

import numpy as np


def times_of(axis, channels):
    if "follow" in axis:
        return next(c["t"] for c in channels if c["name"] == axis["follow"])
    period = axis["period"]
    first, last = min(c["t"][0] for c in channels), max(c["t"][-1] for c in channels)
    return np.arange(np.ceil(first / period), np.floor(last / period) + 1) * period


def filled(rows, t, value, fill, tolerance):
    right = np.clip(np.searchsorted(t, rows, side="left"), 0, len(t) - 1)
    left = np.clip(np.searchsorted(t, rows, side="right") - 1, 0, len(t) - 1)
    has_left, has_right = t[left] <= rows, t[right] >= rows
    if fill == "hold":
        return np.where(has_left, value[left], np.nan)
    if fill == "previous":
        return np.where(has_left & (rows - t[left] <= tolerance), value[left], np.nan)
    if fill == "linear":
        return np.where(has_left & has_right & (t[right] - t[left] <= tolerance), np.interp(rows, t, value), np.nan)
    to_left = np.where(has_left, rows - t[left], np.inf)
    to_right = np.where(has_right, t[right] - rows, np.inf)
    nearest = np.where(to_left <= to_right, value[left], value[right])
    return np.where(np.minimum(to_left, to_right) <= tolerance, nearest, np.nan)


asked = json.loads(Path(sys.argv[1]).read_text())
channels = asked["channels"]
for channel in channels:
    channel["t"], channel["value"] = np.array(channel["t"], float), np.array(channel["value"], float)

times = times_of(asked["axis"], channels)
columns = [filled(times, c["t"], c["value"], c["fill"], c["tolerance"]) for c in channels]
said = ~np.all(np.isnan(columns), axis=0)
times, columns = times[said], [column[said] for column in columns]

rows = np.fromfile(sys.argv[2], "<f8").reshape(-1, 1 + len(channels))
result = {"rows": len(times), "times": None}
if len(rows) == len(times):
    result["times"] = int((rows[:, 0] != times).sum())
    result["holes"] = 0
    result["worst"], result["largest"] = {}, {}
    for index, (channel, column) in enumerate(zip(channels, columns)):
        ours = rows[:, 1 + index]
        result["holes"] += int((np.isnan(ours) != np.isnan(column)).sum())
        scale = min(1.0, float(np.nanmax(np.abs(column))) or 1.0)
        result["worst"][channel["name"]] = float(np.nanmax(np.abs(ours - column))) / scale
        result["largest"][channel["name"]] = float(np.nanmax(np.abs(column - columns[0])))
print(json.dumps(result))
