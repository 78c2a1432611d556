"""The periods of a trace by numpy's FFT, in windows where it is sure of them.

usage: oscillation_period.py JSON_FILE of {times, values, ends, window, shortest, longest, share}, all in seconds

A window is clear when two tapers (Hann's and none) agree to 2 % on a peak inside the band, the peak holds `share` of the power,
and the window holds two periods of it.
"""
import json
import sys
from pathlib import Path

import numpy as np

PADDING = 8


def peak(values, step, taper, shortest, longest):
    spectrum = np.abs(np.fft.rfft(values * taper, PADDING * len(values))) ** 2
    frequencies = np.fft.rfftfreq(PADDING * len(values), step)
    band = np.flatnonzero((frequencies >= 1 / longest) & (frequencies <= 1 / shortest))
    tip = band[np.argmax(spectrum[band])]
    if tip in (band[0], band[-1]):
        return None
    before, top, after = np.log(spectrum[tip - 1 : tip + 2])
    frequency = frequencies[tip] + frequencies[1] * (before - after) / (2 * (before - 2 * top + after))
    lobe = np.abs(frequencies - frequency) < 2 / (len(values) * step)
    return 1 / frequency, spectrum[lobe].sum() / spectrum.sum()


def clear_period(times, values, shortest, longest, share):
    step = float(np.median(np.diff(times)))
    even = np.arange(times[0], times[-1], step)
    rest = np.interp(even, times, values)
    rest = rest - np.polyval(np.polyfit(even - even[0], rest, 2), even - even[0])
    tapers = (np.hanning(len(even)), np.ones(len(even)))
    hann, plain = (peak(rest, step, taper, shortest, longest) for taper in tapers)
    if hann is None or plain is None or hann[1] < share or 2 * hann[0] > times[-1] - times[0]:
        return None
    return hann[0] if abs(plain[0] / hann[0] - 1) < 0.02 else None


given = json.loads(Path(sys.argv[1]).read_text())
times, values = np.array(given["times"]), np.array(given["values"])
periods = []
for end in given["ends"]:
    inside = (times > end - given["window"]) & (times <= end)
    full = times[inside][-1] - times[inside][0] > 0.95 * given["window"]
    band = (given["shortest"], given["longest"], given["share"])
    periods.append(clear_period(times[inside], values[inside], *band) if full else None)
print(json.dumps({"periods": periods}))
