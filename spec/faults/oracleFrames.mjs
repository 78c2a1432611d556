// What a growth sends, and an oracle expects: a frame is known from its stream's name, its chunk and its place there.

/** @typedef {{ readonly name: string, readonly index: number, readonly place: number }} FrameAddress */

/** @param {string} text */
const hashOf = (text) => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
};

/** Every fourth chunk is dark but for its label: it compresses to next to nothing, and is kept another way. */
const isDark = (/** @type {number} */ index) => index % 4 === 3;

/**
 * The pixels of a frame: its address in words, then noise that no codec shrinks, seeded by the address.
 *
 * @param {FrameAddress} address
 * @param {number} byteLength
 * @param {Uint32Array} [words] memory to use again
 */
export const pixelsOf = ({ name, index, place }, byteLength, words = new Uint32Array(Math.ceil(byteLength / 4))) => {
  const label = `${name}/${index}/${place};`;
  let noise = hashOf(label);
  if (isDark(index)) words.fill(0);
  else
    for (let i = 0; i < words.length; i++) {
      noise ^= noise << 13;
      noise ^= noise >>> 17;
      noise ^= noise << 5;
      words[i] = noise;
    }
  const pixels = new Uint8Array(words.buffer, 0, byteLength);
  for (let i = 0; i < label.length && i < byteLength; i++) pixels[i] = label.charCodeAt(i);
  return pixels;
};

/** The label of a frame, for words about one that is not where it belongs. */
export const labelOf = (/** @type {Uint8Array} */ pixels) => {
  const end = pixels.indexOf(';'.charCodeAt(0));
  return end < 0 || end > 200 ? undefined : String.fromCharCode(...pixels.subarray(0, end));
};
