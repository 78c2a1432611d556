"""Compares a stored stream with the 16-bit images it was made of: numpy converts, zarr-python reads.

usage: rotation16bit.py IMAGE_FOLDER FRAMES_ZARR
"""
import json
import sys
from pathlib import Path

import numpy as np
import zarr
from PIL import Image

folder, store = sys.argv[1:]
images = np.stack([np.array(Image.open(path)) for path in sorted(Path(folder).glob("*.png"))])
# The window 0:65535, in whole numbers: v * 255 / 65535 is v / 257, rounded half up.
expected = ((images.astype(np.uint32) * 2 + 257) // 514).astype(np.uint8)

group = zarr.open_group(store, mode="r")
stored = group["frames"][:]
seconds = group["time"][:]

print(
    json.dumps(
        {
            "kind": str(images.dtype),
            "range": [int(images.min()), int(images.max())],
            "shape": list(stored.shape),
            "different": int((stored != expected).sum()) if stored.shape == expected.shape else None,
            "steps": sorted({round(float(step), 6) for step in np.diff(seconds)}),
            "start": float(seconds[0]),
        }
    )
)
