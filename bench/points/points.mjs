// What is sent, the same in both languages: point k of channel c has a value that says so, with three decimals as instruments give them.
export const now = () => performance.timeOrigin + performance.now();

export const channelNames = (count) => Array.from({ length: count }, (_, c) => `channel ${c}`);

export const instrumentValue = (c, k) => 600 + ((k * 7919 + c * 104729) % 100003) / 1000;

/** A point every 10 ms. */
export const secondsOf = (k) => 1_700_000_000 + k / 100;
