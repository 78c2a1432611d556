import type { Frame } from '../model/frame.js';
import type { ToGray8Options } from '../operators/toGray8.js';

/** What was asked of the conversion to gray and frames of this kind give nothing to do, in a sentence; else nothing. */
export const unusedFlags = ({ window, bits, from }: ToGray8Options, { format }: Frame): string | undefined => {
  const isGray = format === 'gray8' || format === 'gray16';
  const unused = [
    ...(window !== undefined && format !== 'gray16' ? ['--window'] : []),
    ...(bits !== undefined && format !== 'gray16' ? ['--bits'] : []),
    ...(from !== undefined && isGray ? ['--from'] : []),
  ];
  if (unused.length === 0) return undefined;
  const kind = isGray ? `${format === 'gray8' ? 8 : 16}-bit gray` : 'colour';
  return `${unused.join(' and ')}: there is nothing to change in ${kind} frames`;
};
