import { describe, expect, it } from '@jest/globals';
import { sessionRow } from '../../../src/cli/spool/sessionRow.js';
import type { DataId } from '../../../src/model/identifiers.js';
import type { SessionRecord } from '../../../src/model/sessionEvent.js';
import { accepted, body, closed, ENDPOINT, problem, rejected, spooled } from './spooled.js';

const us = { endpoint: ENDPOINT, keyPrint: 'ours' };
const chunk = { index: 0, revision: 0, items: 4 };
const created = { type: 'created', dataId: 'd' as DataId } as const;
const gaveUp = (status: number): SessionRecord => ({
  type: 'gaveUp',
  phase: 'deliver',
  problem: { ...problem, status },
  report: spooled().contents.report,
});
const rowOf = (...session: Parameters<typeof spooled>) => sessionRow(spooled(...session), () => us);

describe('sessionRow', () => {
  it('tells what a session keeps, in frames', () => {
    expect(rowOf({ records: [accepted(0), accepted(1), body(1), accepted(2), rejected(2)] })).toEqual({
      id: '3f2a0000',
      name: 'Growth 42',
      state: 'waiting',
      whose: 'ours',
      kind: 'rheed',
      undelivered: 4,
      rejected: 4,
      lost: 4,
      bytes: expect.any(Number),
      startedAt: 1000,
      endpoint: ENDPOINT,
      damaged: 0,
      isStreamOver: false,
    });
  });

  it('counts as undelivered what a living process has not on the disk yet, and what a later version may have there', () => {
    const records = [accepted(0), accepted(1)];
    for (const more of [{ isRunning: true }, { isFuture: true }])
      expect(rowOf({ records, ...more })).toMatchObject({ undelivered: 8, lost: 0 });
    expect(rowOf({ records })).toMatchObject({ undelivered: 0, lost: 8 });
  });

  it('counts also what an earlier takeover has called lost', () => {
    const lost: SessionRecord = { type: 'lost', chunk, problem };
    expect(rowOf({ records: [accepted(0), lost, accepted(1)] })).toMatchObject({ undelivered: 0, lost: 8 });
  });

  it('tells why the last process stopped, and how much is damaged', () => {
    const damage = [{ file: 'journal.000000', offset: 9, bytes: new Uint8Array(4), reason: 'are no record' }];
    const row = rowOf({ records: [accepted(0), gaveUp(422)], damage, setAside: ['1.chunk'], unreadable: ['2.chunk'] });
    expect(row).toMatchObject({ problem: 'put: too large', damaged: 3 });
  });

  it.each<[string, readonly SessionRecord[], boolean]>([
    ['is none yet', [accepted(0)], false],
    ['is open', [accepted(0), created], false],
    ['was ended', [accepted(0), rejected(0), created, closed(), { type: 'retried', chunk }], true],
    ['was closed by the platform', [accepted(0), created, gaveUp(410)], true],
    ['is away', [accepted(0), created, gaveUp(503)], false],
  ])('knows whether its stream can take more, when it %s', (_, records, isStreamOver) => {
    expect(rowOf({ records }).isStreamOver).toBe(isStreamOver);
  });

  it.each([
    [us, 'ours'],
    [{ endpoint: ENDPOINT }, 'ours'],
    [{ endpoint: ENDPOINT, keyPrint: 'theirs' }, 'another key'],
    [{ endpoint: 'https://other.example', keyPrint: 'ours' }, 'another platform'],
  ])('says whose a session of %j is', (owner, whose) => {
    expect(rowOf({ owner }).whose).toBe(whose);
  });

  it('asks for our print of that very session, and without a key calls none another', () => {
    const asked: string[] = [];
    const row = sessionRow(spooled(), (id) => {
      asked.push(id);
      return { endpoint: ENDPOINT };
    });
    expect([row.whose, asked]).toEqual(['ours', ['3f2a0000']]);
  });

  it('does not know whose a session is that no longer tells', () => {
    const session = spooled({ records: [accepted(0), rejected(0), closed()] });
    session.contents.owner = undefined;
    session.contents.asked = undefined;
    const { whose, endpoint, name } = sessionRow(session, () => us);
    expect([whose, endpoint, name]).toEqual(['unknown', undefined, '']);
  });
});
