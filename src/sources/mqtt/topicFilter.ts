/**
 * Whether a broker takes it for a filter: `+` stands for one whole level, `#` for all that follow. (MQTT 3.1.1, 4.7.1)
 *
 * @internal
 */
export const isTopicFilter = (filter: string): boolean => {
  const levels = filter.split('/');
  const isLevel = (level: string, index: number) =>
    level === '+' || (level === '#' && index === levels.length - 1) || !/[+#\0]/.test(level);
  return filter !== '' && levels.every(isLevel);
};

/** @internal */
export const hasWildcard = (filter: string): boolean => /[+#]/.test(filter);

/**
 * Whether a message of this topic is what the filter asks for. (MQTT 3.1.1, 4.7)
 *
 * @internal
 */
export const matchesTopic = (filter: string, topic: string): boolean => {
  // Topics such as $SYS/uptime are the broker's own.
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  const isAll = wanted.at(-1) === '#';
  // lab/# is lab as well.
  if (isAll ? levels.length < wanted.length - 1 : levels.length !== wanted.length) return false;
  return wanted.every((level, index) => level === '#' || level === '+' || level === levels[index]);
};
