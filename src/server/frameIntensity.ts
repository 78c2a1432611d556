/** How bright a frame is, in grey levels. */
export interface FrameIntensity {
  readonly mean: number;
  readonly specular: number;
}

/** The side of the region that `specular` is the mean of, pixels. */
const regionSide = (height: number, width: number): number => Math.max(1, Math.round(Math.min(height, width) / 16));

/**
 * The mean of a frame, and of its brightest region: that square, with a sixteenth of the frame's shorter side, whose mean is largest.
 *
 * Nobody tells the platform where the specular spot is. On a pattern that it dominates the region lies on it, and goes with it when it
 * drifts; where another spot outshines it, the region is that spot.
 */
export const frameIntensity = (pixels: Uint8Array, height: number, width: number): FrameIntensity => {
  const side = regionSide(height, width);
  /** Of each column, the sum of its last `side` pixels. */
  const columns = new Uint32Array(width);
  let [sum, brightest] = [0, 0];
  for (let y = 0; y < height; y += 1) {
    sum += addRow(columns, pixels, y, side);
    if (y >= side - 1) brightest = Math.max(brightest, largestRun(columns, side));
  }
  return { mean: sum / (height * width), specular: brightest / (side * side) };
};

/** Moves the columns' sums one row on; the sum of the row. */
const addRow = (columns: Uint32Array, pixels: Uint8Array, y: number, side: number): number => {
  const width = columns.length;
  const row = pixels.subarray(y * width, (y + 1) * width);
  const above = y < side ? undefined : pixels.subarray((y - side) * width, (y - side + 1) * width);
  let sum = 0;
  for (let x = 0; x < width; x += 1) {
    const pixel = row[x] ?? 0;
    sum += pixel;
    columns[x] = (columns[x] ?? 0) + pixel - (above?.[x] ?? 0);
  }
  return sum;
};

/** The largest sum of `length` neighbours. */
const largestRun = (values: Uint32Array, length: number): number => {
  let [run, largest] = [0, 0];
  for (let x = 0; x < values.length; x += 1) {
    run += (values[x] ?? 0) - (x < length ? 0 : (values[x - length] ?? 0));
    if (x >= length - 1 && run > largest) largest = run;
  }
  return largest;
};
