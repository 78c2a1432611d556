import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

const isPixelCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

/** Throws an `InputError` unless the frame is a gray8 frame of whole, positive size whose data is all there, at a time if any. `number` counts from 0. */
export const checkFrame = (frame: Frame<'gray8'>, first?: Size, number = 0): void => {
  if (typeof frame !== 'object' || frame === null) throw new InputError('frame', frame, 'must be a frame');
  const { width, height, format, data, capturedAt, arrivedAt } = frame;
  if (format !== 'gray8') throw new InputError('format', format, "must be 'gray8': put toGray8 before the sink");
  if (!isPixelCount(width)) throw new InputError('width', width, 'must be a whole number of pixels above 0');
  if (!isPixelCount(height)) throw new InputError('height', height, 'must be a whole number of pixels above 0');
  if (!(data instanceof Uint8Array)) throw new InputError('data', data, 'must be a Uint8Array');
  if (data.length !== width * height)
    throw new InputError('data', data, `must hold ${width} x ${height} = ${width * height} bytes${detachedHint(data)}`);
  if (capturedAt !== undefined) checkTimeMs('capturedAt', capturedAt);
  if (arrivedAt !== undefined) checkTimeMs('arrivedAt', arrivedAt);
  if (first !== undefined && (width !== first.width || height !== first.height))
    throw new InputError(
      'width, height',
      `${width} x ${height}`,
      `must stay ${first.width} x ${first.height} for the whole session (frame ${number} does not)`,
    );
};

/** A buffer that was transferred to another thread has no bytes left, and says so in no other way. */
const detachedHint = ({ buffer }: Uint8Array): string =>
  buffer.byteLength === 0 ? ' (its buffer is detached: it was transferred away)' : '';
