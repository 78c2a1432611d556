import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { listSessions } from '../../../src/cli/spool/listSessions.js';
import { KEY, keptSpool, NOWHERE, temporaryFolder } from './keptRun.js';
import { told } from './told.js';
import { withLost } from './withLost.js';

describe('epistream spool ls', () => {
  it('tells a program of each session, and of the spool', async () => {
    const spool = await keptSpool();
    const { code, lines } = await told(() => listSessions({ spool, endpoint: NOWHERE, key: KEY, json: true }));
    expect(code).toBe(0);
    expect(lines).toMatchObject([
      {
        event: 'session',
        name: 'Growth 42',
        state: 'waiting',
        whose: 'ours',
        undelivered: 25,
        rejected: 0,
        endpoint: NOWHERE,
        ageMs: expect.any(Number),
      },
      { event: 'spool', dir: spool, sessions: 1, bytes: expect.any(Number) },
    ]);
  });

  it('tells a person in a table', async () => {
    const spool = await keptSpool();
    const { code, text } = await told(() => listSessions({ spool, endpoint: NOWHERE, key: 'another' }));
    expect(code).toBe(0);
    expect(text).toEqual([
      expect.stringMatching(/^ID +STATE/),
      expect.stringMatching(/ waiting, another key +25 frames +0 frames +\d+\.\d kB .* Growth 42$/),
      expect.stringMatching(/^ {2}last tried: delivery was stopped/),
      expect.stringMatching(/^1 session, \d+\.\d kB in /),
    ]);
  });

  it('does not take for undelivered what died with its process', async () => {
    const spool = await keptSpool();
    await withLost(spool, 6);
    const { lines } = await told(() => listSessions({ spool, endpoint: NOWHERE, json: true }));
    expect(lines[0]).toMatchObject({ state: 'waiting', undelivered: 25, lost: 120 });
    const { text } = await told(() => listSessions({ spool, endpoint: NOWHERE, key: KEY }));
    expect(text[1]).toMatch(/ waiting, 120 frames lost +25 frames +0 frames /);
  });

  it('calls no session another platform’s when none was named', async () => {
    const spool = await keptSpool();
    const whose = async (env: NodeJS.ProcessEnv) => {
      const replaced = jest.replaceProperty(process, 'env', env);
      const { lines } = await told(() => listSessions({ spool, json: true })).finally(() => replaced.restore());
      return lines[0]?.whose;
    };
    expect(await whose({})).toBe('unknown');
    expect(await whose({ AS_API_KEY: KEY })).toBe('another platform'); // a key is one for the public platform
  });

  it('has no table of nothing', async () => {
    const spool = temporaryFolder();
    expect((await told(() => listSessions({ spool }))).text).toEqual([`0 sessions, 0 B in ${spool}`]);
  });

  it('refuses a folder that was named and is not there', async () => {
    await expect(listSessions({ spool: join(temporaryFolder(), 'misspelt') })).rejects.toThrow(
      'must be a folder that is there',
    );
  });
});
