"""A rotating run with the platform vendor's released client, read back with zarr-python.

usage: rheed_run.py ENDPOINT KEY DATA_DIR SPOOL_DIR
"""
import json
import sys
from pathlib import Path

import numpy as np
import zarr
from atomscale.streaming import RHEEDStreamer

endpoint, key, data_dir, spool_dir = sys.argv[1:]
chunk_size, height, width, fps = 20, 48, 64, 10.0
start_ms = 1_700_000_000_000

rng = np.random.default_rng(7)
# Short in the middle (7 of 20) and at the end (1 of 20).
counts = [20, 7, 20, 20, 1]
chunks = [rng.integers(0, 256, (n, height, width), dtype=np.uint8) for n in counts]
chunks[0][3:9] = 0
chunks[3][19] = 0

streamer = RHEEDStreamer(api_key=key, endpoint=endpoint, spool_dir=spool_dir)
data_id = streamer.initialize(
    fps=fps,
    rotations_per_min=15.0,
    chunk_size=chunk_size,
    stream_name="Growth run 42",
    physical_sample="GaN-001",
    project_id="44444444-4444-4444-8444-444444444444",
    tags=["Growth", "new tag"],
)
for index, chunk in enumerate(chunks):
    streamer.push(data_id, index, chunk, capture_start_ms_utc=start_ms + index * 2000)
report = streamer.finalize(data_id)
offset_ms = (streamer.clock_status() or {"offset_ms": 0.0})["offset_ms"]

group = zarr.open_group(Path(data_dir) / data_id / "frames.zarr", mode="r")
frames, time = group["frames"], group["time"]

expected = np.zeros(((len(counts) - 1) * chunk_size + counts[-1], height, width), np.uint8)
expected_time = np.full(len(expected), np.nan)
for index, chunk in enumerate(chunks):
    first = index * chunk_size
    expected[first : first + len(chunk)] = chunk
    expected_time[first : first + len(chunk)] = (start_ms + index * 2000) / 1000 + np.arange(len(chunk)) / fps

seconds_off = np.abs(time[:] - expected_time)
print(
    json.dumps(
        {
            "uploaded": report["chunks_uploaded"],
            "lost": report["lost"],
            "closed": report["closed"],
            "frames": list(frames.shape),
            "dimensions": list(frames.metadata.dimension_names),
            "equal": bool((frames[:] == expected).all()),
            "gapsAreNaN": bool((np.isnan(time[:]) == np.isnan(expected_time)).all()),
            # The client shifts its times by what it measured of our clock.
            "secondsOff": float(np.nanmax(seconds_off)),
            "clockOffsetMs": offset_ms,
            "arraysAlone": [
                list(zarr.open_array(Path(data_dir) / data_id / "frames.zarr" / name, mode="r").shape)
                for name in ("frames", "time")
            ],
            "attributes": dict(group.attrs),
        }
    )
)
