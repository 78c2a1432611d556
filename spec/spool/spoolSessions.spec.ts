import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SpoolError } from '../../src/model/errors.js';
import type { SessionId } from '../../src/model/identifiers.js';
import { spoolLeftovers, spoolSession, spoolSessions } from '../../src/spool/spoolSessions.js';
import { keptRun, placeAt, startRun, temporaryFolder } from '../cli/spool/keptRun.js';

describe('spoolSessions', () => {
  let root: string;
  beforeAll(async () => {
    root = temporaryFolder();
    await keptRun(root, { streamName: 'first' });
    await keptRun(root, { streamName: 'second', count: 20 });
  });
  const names = async () =>
    (await spoolSessions(placeAt(root))).map(({ contents }) => contents.asked?.options.streamName);

  it('are told oldest first, with all that is kept', async () => {
    const [first, second] = await spoolSessions(placeAt(root));
    expect(await names()).toEqual(['first', 'second']);
    expect([first?.contents.report.kept, second?.contents.report.kept]).toEqual([25, 20]);
    expect([first?.isRunning, first?.damage, first?.setAside]).toEqual([false, [], []]);
    // A look takes nothing away.
    expect((await spoolSession(placeAt(root), first!.id))?.isRunning).toBe(false);
  });

  it('are running while their process lives', async () => {
    const running = await startRun(root, { streamName: 'third' });
    const own = (await spoolSessions(placeAt(root))).find(
      ({ contents }) => contents.asked?.options.streamName === 'third',
    );
    expect(own?.isRunning).toBe(true);
    await running.close({ deadlineMs: 0 });
    expect((await spoolSession(placeAt(root), own?.id as SessionId))?.isRunning).toBe(false);
  });

  it('are directories with the name of a session, and nothing else that lies there', async () => {
    const before = await names();
    const sessions = join(root, 'sessions');
    mkdirSync(join(sessions, 'Neuer Ordner'));
    mkdirSync(join(sessions, '.11111111-1111-4111-8111-111111111111.gone'));
    writeFileSync(join(sessions, '22222222-2222-4222-8222-222222222222'), '');
    symlinkSync(root, join(sessions, '33333333-3333-4333-8333-333333333333'), 'junction');
    expect(await names()).toEqual(before);
    expect(await spoolLeftovers(placeAt(root))).toEqual(['.11111111-1111-4111-8111-111111111111.gone']);
  });

  it('name what was set aside', async () => {
    const [first] = await spoolSessions(placeAt(root));
    mkdirSync(join(root, 'sessions', first!.id, 'quarantine'));
    writeFileSync(join(root, 'sessions', first!.id, 'quarantine', '0.chunk'), '');
    expect((await spoolSession(placeAt(root), first!.id))?.setAside).toEqual(['0.chunk']);
  });

  it('are none where there is no spool, and one that has gone is nothing', async () => {
    expect(await spoolSessions(placeAt(join(root, 'nothing')))).toEqual([]);
    expect(await spoolLeftovers(placeAt(join(root, 'nothing')))).toEqual([]);
    expect(await spoolSession(placeAt(root), '44444444-4444-4444-8444-444444444444' as SessionId)).toBeUndefined();
  });

  it('are not looked for behind a link, nor in a file', async () => {
    const folder = temporaryFolder();
    symlinkSync(root, join(folder, 'link'), 'junction');
    writeFileSync(join(folder, 'file'), '');
    await expect(spoolSessions(placeAt(join(folder, 'link')))).rejects.toThrow(SpoolError);
    await expect(spoolSessions(placeAt(join(folder, 'file')))).rejects.toThrow('is no spool that can be read');
  });
});
