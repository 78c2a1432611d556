import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { type FromEpicMessagesOptions, fromEpicMessages } from '../../src/sources/fromEpicMessages.js';
import { openFiles } from './csv/openFiles.js';

const berlin = { dateOrder: 'dmy', timeZone: 'Europe/Berlin' } as const;
const header = "'EPIC Message Log File\r\n\r\n'Date&Time,CallerID,Message,Color\r\n";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-epic-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (dir: string, options: FromEpicMessagesOptions = berlin) =>
  lastValueFrom(fromEpicMessages(dir, options).pipe(toArray()));

describe('the messages of an MBE', () => {
  it('are events in words, with the times that were recorded', async () => {
    const at = (text: string) => Date.parse(`2023-06-12T${text}+02:00`);
    expect(await read(join('spec', 'fixtures', 'epicLog'))).toEqual([
      {
        t: at('00:12:00.661'),
        text: 'Location Tab: EMPTY in MC_manip status changed to: New',
        timeBase: 'recorded',
      },
      { t: at('00:13:06.903'), text: 'Location Tab: M8abcd moved from MC_manip to GC', timeBase: 'recorded' },
      { t: at('14:13:44.156'), text: 'Location Tab: M8abcd moved from GC to MC_manip', timeBase: 'recorded' },
    ]);
  });

  it('may have commas and quotes in them', async () => {
    await writeFile(
      join(folder, 'Messages.txt'),
      `${header}12/06/2023 00:00:01.000,Recipe,Ga, then In: 2" wafer,-1\r\n12/06/2023 00:00:02.000,Recipe,,-1\r\n`,
    );
    expect((await read(folder)).map(({ text }) => text)).toEqual(['Recipe: Ga, then In: 2" wafer', 'Recipe: ']);
  });

  it('are told by line when they are cut in mid-file', async () => {
    await writeFile(join(folder, 'Messages.txt'), `${header}12/06/2023 00:00:01.000,Recipe,st\r\n`);
    await expect(read(folder)).rejects.toMatchObject({ _tag: 'LogError', context: { line: 4 } });
  });

  it('need not be there', async () => {
    expect(await read(folder)).toEqual([]);
    await writeFile(join(folder, 'Messages.txt'), header);
    expect(await read(folder)).toEqual([]);
  });

  it('are not read without dateOrder or timeZone', async () => {
    await writeFile(join(folder, 'Messages.txt'), `${header}12/06/2023 00:00:01.000,Recipe,start,-1\r\n`);
    await expect(read(folder, { timeZone: 'UTC' })).rejects.toMatchObject({ context: { field: 'dateOrder' } });
    await expect(read(folder, { dateOrder: 'dmy' })).rejects.toMatchObject({ context: { field: 'timeZone' } });
    expect(() => fromEpicMessages(folder, { ...berlin, timeZone: 'Berlin' })).toThrow('timeZone');
  });

  it('are closed when they are left', async () => {
    await writeFile(join(folder, 'Messages.txt'), `${header}12/06/2023 00:00:01.000,Recipe,start,-1\r\n`);
    const texts: string[] = [];
    const running = fromEpicMessages(folder, { ...berlin, follow: true }).subscribe(({ text }) => texts.push(text));
    while (texts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    running.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await openFiles(folder)).toEqual([]);
  });
});
