/** The inner product of two vectors, each element as heavy as its weight. */
export const dot = (a: Float64Array, b: Float64Array, weights: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += weights[i]! * a[i]! * b[i]!;
  return sum;
};

/** What is left of a vector when its parts along orthonormal directions are taken away. */
export const besides = (
  vector: Float64Array,
  directions: readonly Float64Array[],
  weights: Float64Array,
): Float64Array => {
  const rest = vector.slice();
  for (const direction of directions) {
    const along = dot(rest, direction, weights);
    for (let i = 0; i < rest.length; i++) rest[i]! -= along * direction[i]!;
  }
  return rest;
};

/** A vector of which less is left is made of the others, and the rest is rounding. */
const DEPENDENT = 1e-6;

/** Directions of length 1, at right angles to each other, that make up the vectors: by Gram and Schmidt, twice for rounding. */
export const orthonormal = (vectors: readonly Float64Array[], weights: Float64Array): readonly Float64Array[] => {
  const directions: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = besides(besides(vector, directions, weights), directions, weights);
    const length = Math.sqrt(dot(rest, rest, weights));
    if (length > DEPENDENT * Math.sqrt(dot(vector, vector, weights)))
      directions.push(rest.map((value) => value / length));
  }
  return directions;
};
