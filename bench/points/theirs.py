"""One session of the platform vendor's released client, from its constructor to the end of finalize: see ../points.mjs."""
import json
import resource
import sys
import time

from atomscale.streaming import TimeseriesStreamer

run = json.loads(sys.argv[1])
names = [f"channel {c}" for c in range(run["channels"])]
n = run["pointsPerChunk"]


def value(c, k):
    return 600 + ((k * 7919 + c * 104729) % 100003) / 1000


def block(c, index):
    places = range(index * n, (index + 1) * n)
    return [1_700_000_000 + k / 100 for k in places], [value(c, k) for k in places]


def processor_ms():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1e3


def peak():
    """Bytes: the system counts in kilobytes, but on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def push(streamer, data_id, blocks):
    for index, each in enumerate(blocks):
        for c, (times, values) in enumerate(each):
            streamer.push(data_id, index, names[c], times, values, "C")


def run_each(streamer, data_id, blocks):
    for c, name in enumerate(names):
        streamer.run(data_id, name, (each[c] for each in blocks), "C")


def live(streamer, data_id, _):
    """Chunks of n seconds, all channels in one request; returns what a stretch costs that neither begins nor ends the session."""
    first, last = run["settleSeconds"], run["settleSeconds"] + run["seconds"]
    begin, waiting = time.monotonic(), []
    for k in range(last + 1):
        time.sleep(max(0.0, begin + k + 1 - time.monotonic()))
        if k == first:
            before = (time.monotonic(), processor_ms())
        if k == last:
            stretch = {"ms": (time.monotonic() - before[0]) * 1e3, "cpuMs": processor_ms() - before[1]}
        waiting.append((k, time.time()))
        if len(waiting) == n or k == last:
            times = [t for _, t in waiting]
            channels = {
                name: {"timestamps": times, "values": [value(c, each) for each, _ in waiting], "units": "C"}
                for c, name in enumerate(names)
            }
            streamer.push_multi(data_id, k // n, channels)
            waiting = []
    time.sleep(0.5)
    return stretch


blocks = [[block(c, index) for c in range(len(names))] for index in range(run.get("chunks", 0))]
calls = {"push": push, "run": run_each, "live": live}
# The peak so far is what is held now: nothing above lets memory go.
start, cpu, rss = time.monotonic(), processor_ms(), peak()
streamer = TimeseriesStreamer(api_key="bench", endpoint=run["endpoint"], points_per_chunk=n)
data_id = streamer.initialize(stream_name=run["streamName"])
stretch = calls[run["call"]](streamer, data_id, blocks)
streamer.finalize(data_id)
said = {
    "wallMs": (time.monotonic() - start) * 1e3,
    "cpuMs": processor_ms() - cpu,
    "rss": peak(),
    "rssBefore": rss,
    "stretch": stretch,
}
print(json.dumps(said))
