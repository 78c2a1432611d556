import { portableName } from './portableName.js';

/**
 * The directory of a channel in its group.
 *
 * @param isTaken whether a directory, in lower case, belongs to another channel
 */
export const channelDirectory = (name: string, isTaken: (lowerCase: string) => boolean): string =>
  portableName(name, (lowerCase) => lowerCase === 'zarr.json' || isTaken(lowerCase));
