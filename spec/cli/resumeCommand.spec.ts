import { describe, expect, it } from '@jest/globals';
import { quoted, resumeCommand } from '../../src/cli/resumeCommand.js';

describe('resumeCommand', () => {
  it.each([
    [{}, 'epistream spool drain'],
    [
      { endpoint: 'http://127.0.0.1:4100', apiKey: 'SECRET', spool: { dir: 'C:\\lab data\\spool' } },
      'epistream spool drain --endpoint http://127.0.0.1:4100 --spool "C:\\lab data\\spool"',
    ],
  ])('repeats the options that say where, and never the key: %j', (settings, command) => {
    expect(resumeCommand(settings)).toBe(command);
  });

  it('may be another than drain', () => {
    expect(resumeCommand({ endpoint: 'http://e' }, 'retry 3f2a')).toBe(
      'epistream spool retry 3f2a --endpoint http://e',
    );
  });

  it('quotes what a shell would take apart', () => {
    expect(['plain-1.2', 'two words', 'a"b', ''].map(quoted)).toEqual(['plain-1.2', '"two words"', '"a\\"b"', '""']);
  });
});
