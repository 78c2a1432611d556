import { describe, expect, it } from '@jest/globals';
import type { DataId } from '../../src/model/identifiers.js';
import { lentBody } from '../journal/lentBody.js';
import { accepted, chunk, delivered } from '../journal/sessionJournalContract.js';
import { ModelComputer } from './modelComputer.js';

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } } as const;

/** A chunk of a killed process, delivered as far as the system shows: the sync of that record failed, so the platter has nothing of it. */
const deliveredOnPaper = async () => {
  const computer = new ModelComputer();
  const journal = computer.journals.create(asked);
  journal.append({ type: 'asked', asked });
  journal.append({ type: 'opened', dataId: 'stream-1' as DataId });
  journal.append(accepted(0));
  journal.keep(chunk(0), lentBody(...new Array<number>(9000).fill(7)));
  await computer.clock.pass(100);
  computer.disk.faults.fail({ kind: 'sync', code: 'EIO', times: Number.POSITIVE_INFINITY });
  journal.append(delivered(0));
  await computer.clock.pass(20);
  computer.die();
  const chunks = `/spool/sessions/${journal.id}/chunks`;
  expect(await computer.names(chunks)).toEqual(['0.chunk']);
  return { computer, chunks };
};

describe('the file of a chunk that was delivered, found by the next process', () => {
  it.each([
    ['all that was not synced is there', () => 0],
    ['nothing that was not synced is there', () => 0.99],
  ])(
    'goes only when the disk has its fate for sure: after a power cut, when %s, nothing is lost',
    async (_, random) => {
      const { computer, chunks } = await deliveredOnPaper();
      const journal = await computer.found();
      expect(journal.report()).toMatchObject({ delivered: 2, kept: 0 });
      await computer.clock.pass(1000);
      expect(await computer.names(chunks)).toEqual([]);
      computer.die(random);
      const again = await computer.found();
      expect(again.undelivered()).toEqual([]);
      expect(again.report()).toMatchObject({ offered: 2, delivered: 2, kept: 0, lost: 0 });
    },
  );

  it('stays while the disk refuses to say it again', async () => {
    const { computer, chunks } = await deliveredOnPaper();
    computer.disk.faults.fail({ kind: 'sync', code: 'EIO', times: Number.POSITIVE_INFINITY });
    await computer.found();
    await computer.clock.pass(10_000);
    expect(await computer.names(chunks)).toEqual(['0.chunk']);
    computer.die(() => 0);
    const again = await computer.found();
    expect(again.undelivered()).toMatchObject([{ isKept: true }]);
  });
});
