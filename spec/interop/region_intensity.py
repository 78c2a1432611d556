"""What numpy takes out of the regions of images.

usage: region_intensity.py IMAGE_FOLDER REGIONS, as JSON of [from_x, to_x, from_y, to_y] by name
"""
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

folder, regions = sys.argv[1], json.loads(sys.argv[2])
images = [np.array(Image.open(path)) for path in sorted(Path(folder).glob("*.png"))]
inside = [[image[y0:y1, x0:x1] for x0, x1, y0, y1 in regions.values()] for image in images]
print(
    json.dumps(
        {
            "kind": str(images[0].dtype),
            "mean": [[float(part.mean()) for part in parts] for parts in inside],
            "max": [[int(part.max()) for part in parts] for parts in inside],
            "sum": [[int(part.sum(dtype=np.int64)) for part in parts] for parts in inside],
        }
    )
)
