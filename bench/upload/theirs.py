"""One session of the platform vendor's released client, from its constructor to the end of finalize: see ../upload.mjs."""
import json
import resource
import sys
import time

import numpy as np
from atomscale.streaming import RHEEDStreamer

run = json.loads(sys.argv[1])
distinct, n, fps = run["distinct"], run["chunkSize"], run["fps"]
# The first frames once more behind the last, so that every chunk is a view: stacking frames costs this client nothing here.
pictures = np.empty((distinct + n, run["height"], run["width"]), np.uint8)
with open(run["file"], "rb", buffering=0) as file:
    file.readinto(memoryview(pictures[:distinct]).cast("B"))
for k in range(n):
    pictures[distinct + k] = pictures[k % distinct]


def seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak():
    """Bytes: the system counts in kilobytes, but on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


accepted = []
# The peak so far is what is held now: nothing above lets memory go.
start, cpu, rss = time.monotonic(), seconds(), peak()
streamer = RHEEDStreamer(api_key="bench", endpoint=run["endpoint"], spool_dir=run["spool"])
data_id = streamer.initialize(fps=fps, rotations_per_min=0.0, chunk_size=n, stream_name="bench")
begin = time.monotonic()
for k in range(run["chunks"]):
    if run["paced"]:
        time.sleep(max(0.0, begin + ((k + 1) * n - 1) / fps - time.monotonic()))
    accepted.append(time.time() * 1e3)
    first = k * n % distinct
    streamer.push(data_id, k, pictures[first : first + n])
report = streamer.finalize(data_id)
print(
    json.dumps(
        {
            "wallMs": (time.monotonic() - start) * 1e3,
            "cpuMs": (seconds() - cpu) * 1e3,
            "rss": peak(),
            "rssBefore": rss,
            "accepted": accepted,
            "uploaded": report["chunks_uploaded"],
            "lost": report["lost"],
        }
    )
)
