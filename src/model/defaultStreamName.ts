/**
 * The name of a run nobody named: `RHEED Stream @ 4:37PM`, local time.
 *
 * @internal
 */
export const defaultStreamName = (at: Date): string => {
  const hours = at.getHours();
  const minutes = String(at.getMinutes()).padStart(2, '0');
  return `RHEED Stream @ ${hours % 12 || 12}:${minutes}${hours < 12 ? 'AM' : 'PM'}`;
};
