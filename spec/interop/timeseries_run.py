"""A time series with the platform vendor's released client, read back with zarr-python.

usage: timeseries_run.py ENDPOINT KEY DATA_DIR
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import zarr
from atomscale.streaming import TimeseriesStreamer

endpoint, key, data_dir = sys.argv[1:]
points_per_chunk, start = 50, 1_700_000_000.0

rng = np.random.default_rng(11)


def channel(points: int, period: float) -> tuple[np.ndarray, np.ndarray]:
    return start + np.arange(points) * period, rng.normal(600, 10, points)


temperature = channel(170, 0.1)
temperature[1][[3, 60]] = np.nan
pressure = channel(80, 0.5)
fluxes = channel(50, 0.2)
channels = {"temperature": (*temperature, "C"), "Chamber pressure": (*pressure, "mbar"), "BEP Ga/As": (*fluxes, None)}

streamer = TimeseriesStreamer(api_key=key, endpoint=endpoint, points_per_chunk=points_per_chunk)
data_id = streamer.initialize(stream_name="MBE growth", synth_source_id=42, physical_sample="GaN-001", tags=["Growth"])
for index, first in enumerate(range(0, 170, points_per_chunk)):
    chunk = {}
    for name, (times, values, units) in channels.items():
        if first >= len(times):
            continue
        part = slice(first, first + points_per_chunk)
        points = {"timestamps": times[part].tolist(), "values": values[part].tolist()}
        chunk[name] = points if units is None else {**points, "units": units}
    if index == 0:
        # One channel has a call of its own.
        flux = chunk.pop("BEP Ga/As")
        streamer.push(data_id, 0, "BEP Ga/As", flux["timestamps"], flux["values"])
    streamer.push_multi(data_id, index, chunk)
    time.sleep(0.2)
time.sleep(1)
streamer.finalize(data_id)

root = zarr.open_group(Path(data_dir) / data_id / "channels.zarr", mode="r")
groups = {group.attrs["name"]: group for _, group in root.groups()}


def compare(name: str) -> dict[str, object]:
    times, values, units = channels[name]
    group = groups[name]
    return {
        "directory": group.basename,
        "points": list(group["value"].shape),
        "values": bool(np.array_equal(group["value"][:], values, equal_nan=True)),
        # The client shifts its times by what it measured of our clock.
        "secondsOff": float(np.max(np.abs(group["time"][:] - times))),
        "units": group.attrs.get("units"),
        "sameUnits": group["value"].attrs.get("units") == units,
    }


print(json.dumps({"channels": {name: compare(name) for name in sorted(groups)}, "attributes": dict(root.attrs)}))
