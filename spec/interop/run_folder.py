"""Reads the folder of a growth run with zarr-python, and looks at its frames with numpy.

usage: run_folder.py RUN_FOLDER
"""
import json
import sys
from pathlib import Path

import numpy as np
import zarr

folder = Path(sys.argv[1])


def brightest(frame: np.ndarray) -> float:
    """The largest mean of a square with a sixteenth of the shorter side."""
    side = max(1, round(min(frame.shape) / 16))
    squares = np.lib.stride_tricks.sliding_window_view(frame, (side, side))
    return float(squares.mean(axis=(2, 3)).max())


def frames(path: Path) -> dict[str, object]:
    group = zarr.open_group(path / "frames.zarr", mode="r")
    pixels, time = group["frames"][:], group["time"][:]
    there = ~np.isnan(time)
    return {
        "shape": list(pixels.shape),
        "sum": int(pixels.sum(dtype=np.int64)),
        "time": time[there].tolist(),
        "mean": pixels[there].mean(axis=(1, 2)).tolist(),
        "specular": [brightest(frame) for frame in pixels[there]],
        "attributes": {name: group.attrs[name] for name in ("run", "part", "name")},
    }


def channels(path: Path) -> dict[str, object]:
    root = zarr.open_group(path / "channels.zarr", mode="r")
    return {
        group.attrs["name"]: {
            "time": group["time"][:].tolist(),
            "value": [None if np.isnan(value) else float(value) for value in group["value"][:]],
            "units": group.attrs.get("units"),
        }
        for _, group in root.groups()
    }


parts = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}
print(
    json.dumps(
        {
            "parts": list(parts),
            "frames": {name: frames(path) for name, path in parts.items() if name.startswith("frames")},
            "channels": {name: channels(path) for name, path in parts.items() if not name.startswith("frames")},
            "events": [json.loads(line) for line in (folder / "events.jsonl").read_text("utf8").splitlines()],
        }
    )
)
