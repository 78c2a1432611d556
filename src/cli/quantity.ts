/** Seconds for a person: two units at most. */
export const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600),
    Math.floor((whole % 3600) / 60),
  ];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
};

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for a person, as disks are sold: 1 kB is 1000 B. */
export const size = (bytes: number): string => {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
};

/** What stands for so many of them in a sentence. */
export const them = (number: number): string => (number === 1 ? 'it' : 'them');

/** `1 frame`, `2 frames`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
