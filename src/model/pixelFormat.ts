/** How the pixels of a frame are stored: packed rows, no padding, channels interleaved. */
export type PixelFormat = 'gray8' | 'gray16' | 'rgb8' | 'bgr8' | 'rgba8' | 'bgra8';

/** Values a pixel: 1 for grey, 3 or 4 for colour. */
export const channelsOf: Readonly<Record<PixelFormat, 1 | 3 | 4>> = {
  gray8: 1,
  gray16: 1,
  rgb8: 3,
  bgr8: 3,
  rgba8: 4,
  bgra8: 4,
};
