"""Writes the frames of a video, 8-bit grey, row by row.

usage: video_frames.py VIDEO
"""
import sys

import av

with av.open(sys.argv[1]) as video:
    stream = video.streams.video[0]
    stream.thread_type = "AUTO"
    for frame in video.decode(stream):
        sys.stdout.buffer.write(frame.to_ndarray(format="gray").tobytes())
