import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { runStreamName } from '../../src/model/runStreamName.js';
import { DurableFiles } from '../../src/server/durableFiles.js';
import { type Server, startServer } from '../../src/server/startServer.js';
import { clientOf, localServers } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const midnight = Date.UTC(2023, 5, 12);

const runsOf = (server: Server) => {
  const client = clientOf(server.url);
  const create = async (run: string, part: 'events' | 'channels' = 'events'): Promise<string> => {
    const stream_name = runStreamName({ run, part, askedAt: midnight });
    const initialize = { stream_name, points_per_chunk: 1, project_id: null };
    return (await client.post('/tool-state/stream/initialize', initialize)).body.data_id;
  };
  /** Something that happened `ms` after midnight. */
  const note = (data_id: string, ms: number, text: string, chunk_index = 0) => {
    const points = { timestamps: [(midnight + ms) / 1000], values: [1] };
    return client.post('/tool-state/stream/chunk', { data_id, chunk_index, channel_name: text, ...points });
  };
  const end = (dataId: string) => client.post(`/tool-state/stream/${dataId}/finalize`);
  return { server, client, create, note, end };
};

const running = async (dataDir: string) => runsOf(await start({ dataDir }));

const fileOf = (dataDir: string, run = 'Run'): string => join(dataDir, run, 'events.jsonl');
const textsIn = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).text);

/** A file that comes in the background. */
const soon = async <A>(look: () => Promise<A>): Promise<A> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await look();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};

describe('RunEvents', () => {
  it('writes a line for each event of a run, in the order of time, whichever stream holds it', async () => {
    const dataDir = await directory();
    const { server, create, note } = await running(dataDir);
    const [first, second] = [await create('Run'), await create('Run')];
    await note(first, 1_464_656, 'open Ga');
    await note(first, 9_000_000.25, 'open Ga', 1);
    await note(second, 0, 'Schichtdicke "ok"\n5 µm');
    await note(await create('Other'), 5, 'elsewhere');
    await note(await create('Run', 'channels'), 6, 'no event');
    await server.close();
    expect(await readFile(fileOf(dataDir), 'utf8')).toBe(
      [
        '{"t":"2023-06-12T00:00:00.000Z","unix_ms":1686528000000,"text":"Schichtdicke \\"ok\\"\\n5 µm"}\n',
        '{"t":"2023-06-12T00:24:24.656Z","unix_ms":1686529464656,"text":"open Ga"}\n',
        '{"t":"2023-06-12T02:30:00.000Z","unix_ms":1686537000000,"text":"open Ga"}\n',
      ].join(''),
    );
    expect(await textsIn(fileOf(dataDir, 'Other'))).toEqual(['elsewhere']);
  });

  it('shows an event while the run goes on', async () => {
    const dataDir = await directory();
    const { create, note } = await running(dataDir);
    const id = await create('Run');
    await note(id, 1, 'open Ga');
    await soon(async () => expect(await textsIn(fileOf(dataDir))).toEqual(['open Ga']));
    await note(id, 0, 'close As');
    await soon(async () => expect(await textsIn(fileOf(dataDir))).toEqual(['close As', 'open Ga']));
  });

  it('writes the file once for many events at once', async () => {
    const dataDir = await directory();
    const { server, create, note } = await running(dataDir);
    const id = await create('Run');
    const write = jest.spyOn(DurableFiles.prototype, 'write');
    const began = performance.now();
    await Promise.all(Array.from({ length: 30 }, (_, k) => note(id, k, `event ${k}`)));
    await server.close();
    const tookMs = performance.now() - began;
    const writes = write.mock.calls.filter(([path]) => path === fileOf(dataDir)).length;
    write.mockRestore();
    expect(await textsIn(fileOf(dataDir))).toHaveLength(30);
    // At the first, after each rest of 250 ms, and at the end.
    expect(writes).toBeLessThanOrEqual(2 + tookMs / 249);
  });

  it('catches up at the next start with events that a crash left out', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    const [open, ended] = [await before.create('Open'), await before.create('Ended')];
    await before.note(open, 1, 'open Ga');
    await before.note(ended, 1, 'open Ga');
    await before.end(ended);
    await before.server.close();
    await writeFile(fileOf(dataDir, 'Open'), '');
    await writeFile(fileOf(dataDir, 'Ended'), '');
    // As old as before the end.
    await utimes(fileOf(dataDir, 'Ended'), 1, 1);
    const after = await running(dataDir);
    await after.server.close();
    for (const run of ['Open', 'Ended']) expect(await textsIn(fileOf(dataDir, run))).toEqual(['open Ga']);
  });

  it('leaves the file of a run that is over as it is', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    const id = await before.create('Run');
    await before.note(id, 1, 'open Ga');
    await before.end(id);
    await before.server.close();
    const inTheFuture = Date.now() / 1000 + 60;
    await utimes(fileOf(dataDir), inTheFuture, inTheFuture);
    const { ino } = await stat(fileOf(dataDir));
    await (await running(dataDir)).server.close();
    expect((await stat(fileOf(dataDir))).ino).toBe(ino);
    await rm(fileOf(dataDir));
    await (await running(dataDir)).server.close();
    expect(await textsIn(fileOf(dataDir))).toEqual(['open Ga']);
  });

  it('acknowledges an event although the file cannot be written, and says so when it closes', async () => {
    const dataDir = await directory();
    // Not one that is closed again when the spec is over.
    const server = await startServer({ dataDir });
    const { client, create, note } = runsOf(server);
    const id = await create('Run');
    const { write } = DurableFiles.prototype;
    const full = jest.spyOn(DurableFiles.prototype, 'write').mockImplementation(async function (
      this: DurableFiles,
      path,
      ...rest
    ) {
      if (path === fileOf(dataDir)) throw new Error('no space left');
      await write.call(this, path, ...rest);
    });
    expect((await note(id, 1, 'open Ga')).status).toBe(200);
    expect((await client.get('/streams')).body).toMatchObject([{ points: 1 }]);
    await expect(server.close()).rejects.toThrow('no space left');
    full.mockRestore();
    await (await running(dataDir)).server.close();
    expect(await textsIn(fileOf(dataDir))).toEqual(['open Ga']);
  });
});
