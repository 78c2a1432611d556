/** Longer than any row: a file without line ends is no log, and must not be gathered in memory. */
const MOST_CHARACTERS = 2 ** 20;

/**
 * Cuts text into lines as it arrives; what follows the last line end waits in `rest`.
 *
 * @internal
 */
export const lineCutter = () => {
  let rest = '';
  return {
    cut(text: string): string[] {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > MOST_CHARACTERS) throw new Error(`it has a line of more than ${MOST_CHARACTERS} characters`);
      return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    },
    get rest(): string {
      return rest;
    },
  };
};
