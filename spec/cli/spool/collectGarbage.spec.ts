import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Ask, collectGarbage, type GcSettings } from '../../../src/cli/spool/collectGarbage.js';
import type { SessionId } from '../../../src/model/identifiers.js';
import { writeAsked } from '../../../src/spool/askedFile.js';
import { segmentHeader } from '../../../src/spool/recordSegment.js';
import { sessionIn } from '../../../src/spool/spoolPlace.js';
import { removeFromSpool } from '../../../src/spool/spoolRemoval.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { keptSpool, NOWHERE, placeAt, startRun } from './keptRun.js';
import { withLost } from './withLost.js';

const EMPTY = '11111111-1111-4111-8111-111111111111';

let root: string;
let said: string;
beforeEach(async () => {
  root = await keptSpool();
  const directory = sessionIn(root, EMPTY);
  mkdirSync(directory);
  const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'nothing came' };
  await writeAsked(placeAt(root).disk, directory, {
    owner: { endpoint: NOWHERE },
    asked: { kind: 'rheed', options },
    at: 1,
  });
  said = '';
  for (const output of [process.stdout, process.stderr])
    jest.spyOn(output, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const gc = (texts: readonly string[] = [], settings: GcSettings = {}, ask: Ask = undefined) =>
  collectGarbage(texts, { spool: root, ...settings }, ask);
const names = async () =>
  (await spoolSessions(placeAt(root))).map(({ contents }) => contents.asked?.options.streamName);

describe('epistream spool gc', () => {
  it('removes what is empty, and nothing undelivered', async () => {
    expect(await gc()).toBe(0);
    expect(await names()).toEqual(['Growth 42']);
    expect(said).toMatch(/^removed session 1{8}\S+ "nothing came" \(empty: 0 frames undelivered, 0 refused, 0 B\)$/m);
    expect(said).toMatch(/^left session \S+ "Growth 42" \(waiting: 25 frames undelivered, 0 refused, \d+\.\d kB\)$/m);
    expect(said).toMatch(/^freed 0 B, left \d+\.\d kB in .*; --yes removes also what is undelivered or was refused$/m);
  });

  it('does not count as undelivered what died with its process', async () => {
    await removeFromSpool(placeAt(root), EMPTY as SessionId, () => true);
    await withLost(root, 1);
    await gc();
    expect(said).toMatch(/^left session \S+ "Growth 42" \(waiting: 25 frames undelivered, 20 lost, 0 refused, /m);
  });

  it.each([
    [true, []],
    [false, ['Growth 42']],
  ])('asks once before it removes what is undelivered: %s', async (answer, left) => {
    const questions: string[] = [];
    const code = await gc([], {}, async (question) => questions.push(question) > 0 && answer);
    expect([code, await names()]).toEqual([0, left]);
    expect(questions).toEqual([
      expect.stringMatching(/^Remove session \S+ "Growth 42" \(waiting: 25 frames undelivered.*may be nowhere else/),
    ]);
  });

  it('removes all that no process has for --yes', async () => {
    const platform = await startRun(root, { streamName: 'running', apiKey: 'another-key' });
    expect(await gc([], { yes: true })).toBe(0);
    expect(await names()).toEqual(['running']);
    await platform.close({ deadlineMs: 0 });
  });

  it('removes only what is named', async () => {
    expect(await gc(['Growth 42'], { yes: true })).toBe(0);
    expect(await names()).toEqual(['nothing came']);
  });

  it('removes nothing when one that is named is not there', async () => {
    await expect(gc([EMPTY, 'Growth 43'], { yes: true })).rejects.toThrow('has no session "Growth 43"');
    expect(await names()).toHaveLength(2);
  });

  it('asks also before it removes what cannot be read', async () => {
    const unreadable = sessionIn(root, '22222222-2222-4222-8222-222222222222');
    mkdirSync(unreadable);
    writeFileSync(join(unreadable, 'journal.000000'), 'noise '.repeat(40));
    const questions: string[] = [];
    await gc([], {}, async (question) => questions.push(question) < 0);
    expect(questions.filter((question) => question.includes('(unreadable: '))).toHaveLength(1);
    expect(existsSync(unreadable)).toBe(true);
  });

  it('leaves what a later version wrote, whatever anybody says', async () => {
    const [kept] = (await spoolSessions(placeAt(root))).filter(({ contents }) => contents.report.kept > 0);
    const journal = join(sessionIn(root, kept!.id), 'journal.000009');
    writeFileSync(journal, segmentHeader(2));
    await gc([], { yes: true }, async () => true);
    expect(said).toContain(`left session ${kept!.id}`);
    expect(existsSync(journal)).toBe(true);
  });

  it('does not remove what went on while the question stood', async () => {
    let platform: Awaited<ReturnType<typeof startRun>> | undefined;
    const code = await gc([], {}, async () => {
      platform = await startRun(root, { streamName: 'takes the other over', count: 20 });
      return true;
    });
    expect([code, said]).toEqual([1, expect.stringMatching(/error: .*(belongs to a running process|has changed)/)]);
    await platform?.close({ deadlineMs: 0 });
    expect(await names()).toContain('Growth 42');
  });

  it('does not remove what has become something else while the question stood', async () => {
    const code = await gc(['Growth 42'], {}, async () => {
      const [kept] = (await spoolSessions(placeAt(root))).filter(({ contents }) => contents.report.kept > 0);
      writeFileSync(join(sessionIn(root, kept!.id), 'journal.000009'), segmentHeader(2));
      return true;
    });
    expect([code, said]).toEqual([1, expect.stringMatching(/^error: .* has changed in the meantime$/m)]);
    expect(await names()).toContain('Growth 42');
  });

  it('finishes a removal that was cut off', async () => {
    const leftover = join(root, 'sessions', `.${EMPTY}.gone`);
    mkdirSync(join(leftover, 'chunks'), { recursive: true });
    await gc();
    expect(existsSync(leftover)).toBe(false);
  });

  it('tells a program, and asks nobody, with --json', async () => {
    await gc([], { json: true });
    const events = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { event: 'removed', id: EMPTY, state: 'empty' },
      { event: 'left', state: 'waiting' },
      { event: 'collected', dir: root, freed: 0, failures: 0 },
    ]);
  });
});
