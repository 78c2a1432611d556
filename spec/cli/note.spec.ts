import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { map, NEVER, type Observable, timer } from 'rxjs';
import { note } from '../../src/cli/note.js';
import type { NoteFlags } from '../../src/cli/noteCommand.js';

let spool: string;
beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'epistream-note-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(spool, { recursive: true });
});

/** To a platform that is away: nobody listens there. */
const noted = async (text: string, flags: Partial<NoteFlags> = {}, signals$: Observable<number> = NEVER) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    jest.spyOn(process[name], 'write').mockImplementation((chunk: unknown) => {
      said[name] += chunk;
      return true;
    });
  const all: NoteFlags = { run: 'Growth 42', endpoint: 'http://127.0.0.1:1', spool, ...flags };
  const code = await note(text, all, signals$, 300);
  jest.restoreAllMocks();
  return { code, ...said };
};

describe('note', () => {
  it('keeps a note on the disk when the platform is away, and says so', async () => {
    const { code, stdout, stderr } = await noted('open Ga');
    expect([code, stdout]).toEqual([1, 'delivered 0 of 1 events (not ended)\n']);
    expect(stderr).toContain(`1 event is kept in ${spool}: epistream spool drain --endpoint http://127.0.0.1:1`);
  });

  it('says what is on its way when it is asked to stop', async () => {
    const { stderr } = await noted('open Ga', {}, timer(50).pipe(map(() => 1)));
    expect(stderr).toContain('stopping: delivering 1 more event and ending the stream');
  });

  it('without a spool says that it is gone', async () => {
    const { code, stderr } = await noted('open Ga', { spool: false });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('1 event was not delivered and is kept nowhere else\n'),
    ]);
  });

  it.each<[string, Partial<NoteFlags>, string]>([
    [' ', {}, 'error: TEXT must say something, and is " "\n'],
    ['open Ga', { run: '' }, 'error: --run must be one line'],
  ])('refuses %j for %j', async (text, flags, why) => {
    const { code, stdout, stderr } = await noted(text, flags);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)]);
  });
});
