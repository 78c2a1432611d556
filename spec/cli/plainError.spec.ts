import { describe, expect, it } from '@jest/globals';
import { plainError } from '../../src/cli/plainError.js';
import { emptyReport } from '../../src/model/addToReport.js';
import { ImageError, InputError, LogError, SessionFailedError } from '../../src/model/errors.js';

const refused = (status: number) => {
  const problem = { tag: 'IngestError', message: `create: the platform answered ${status}`, status };
  return new SessionFailedError('open', problem, emptyReport('s' as never, 'rheed'));
};
const opened = 'error: the session could not be opened: create: the platform answered';

describe('plainError', () => {
  it.each<[unknown, string]>([
    [new InputError('fps', 0, 'must be above 0'), 'error: --fps must be above 0, and is 0'],
    [new InputError('input', 'x/', 'must exist'), 'error: INPUT must exist, and is "x/"'],
    [new InputError('window', undefined, 'must be [lo, hi]'), 'error: --window must be LO:HI'],
    [new InputError('chunkSize', 4, 'must be at least 18'), 'error: --chunk must be at least 18, and is 4'],
    [new InputError('rotationsPerMin', -1, 'must be 0 or more'), 'error: --rpm must be 0 or more, and is -1'],
    [
      new InputError('azimuth', 'a', 'goes with a stationary sample'),
      'error: --azimuth goes with a stationary sample, and is "a"',
    ],
    [new InputError('apiKey', '', 'must be a line'), 'error: --key (or AS_API_KEY) must be a line, and is ""'],
    [
      new InputError('endpoint', 'x', 'must be a URL'),
      'error: --endpoint (or AS_API_ENDPOINT) must be a URL, and is "x"',
    ],
    [new InputError('data', 1, 'must be bytes'), 'error: data must be bytes, and is 1'],
    [new ImageError('a.png', 'it is cut short'), 'error: cannot read a.png as a frame: it is cut short'],
    [
      new LogError('a.csv', 'it has 4 cells, and the header 2'),
      'error: a.csv: it has 4 cells, and the header 2 (--preamble?)',
    ],
    [new LogError('a.csv', 'it has 1 cells, and the header 12'), 'error: a.csv: it has 1 cells, and the header 12'],
    [new Error('two\n  lines'), 'error: two lines'],
    ['a string', 'error: a string'],
  ])('says %s in one sentence, in the words of the command line', (error, sentence) => {
    expect(plainError(error)).toBe(sentence);
  });

  it.each([
    [401, false, ' 401: give the right one with --key or AS_API_KEY; epistream doctor checks it'],
    [401, true, ' 401: no key was given: give one with --key or AS_API_KEY; epistream doctor checks it'],
    [404, true, ' 404'],
  ])('says what to do about an answer of %s, without a key: %s', (status, isKeyless, said) => {
    expect(plainError(refused(status), isKeyless)).toBe(opened + said);
  });
});
