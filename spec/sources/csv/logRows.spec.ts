import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Subscription } from 'rxjs';
import type { LogNotice } from '../../../src/sources/csv/logNotice.js';
import { type FromCsvLogOptions, fromCsvLog } from '../../../src/sources/fromCsvLog.js';
import { openFiles } from './openFiles.js';

let folder: string;
let path: string;
let running: Subscription | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-follow-'));
  path = join(folder, 'log.csv');
});
afterEach(async () => {
  running?.unsubscribe();
  await until(async () => (await openFiles(folder)).length === 0);
  await rm(folder, { recursive: true });
});

const moment = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for something to have happened; the test's own bound is how long. */
const until = async (happened: () => boolean | Promise<boolean>) => {
  while (!(await happened())) await moment();
};

/** Follows files of seconds, and keeps what comes. */
const follow = (paths: string | string[] = path, options: FromCsvLogOptions = {}) => {
  const seen = { values: [] as string[], notices: [] as LogNotice[], error: undefined as unknown, over: false };
  running = fromCsvLog(paths, {
    start: 0,
    follow: true,
    pollMs: 2,
    onNotice: (notice) => seen.notices.push(notice),
    ...options,
  }).subscribe({
    next: ({ channel, value }) => seen.values.push(`${channel}${value}`),
    error: (error: unknown) => {
      seen.error = error;
    },
    complete: () => {
      seen.over = true;
    },
  });
  return seen;
};

describe('a log that is followed', () => {
  it('goes on with what is added, and waits for the end of a row that is being written', async () => {
    await writeFile(path, 's,a\n1,1\n2,2');
    const seen = follow();
    await until(() => seen.values.length === 1);
    await appendFile(path, '.5');
    await moment(20);
    expect(seen.values).toEqual(['a1']);
    await appendFile(path, '\r');
    await moment(10);
    await appendFile(path, '\n3,3\n');
    await until(() => seen.values.length === 3);
    expect(seen).toEqual({ values: ['a1', 'a2.5', 'a3'], notices: [], error: undefined, over: false });
  });

  it('is waited for when it does not exist yet, and so is its header', async () => {
    const seen = follow();
    await until(() => seen.notices.length === 1);
    expect(seen.notices).toMatchObject([{ type: 'not there', path }]);
    await writeFile(path, 's,');
    await moment(10);
    await appendFile(path, 'a\n1,1\n');
    await until(() => seen.values.length === 1);
    expect(seen.values).toEqual(['a1']);
    expect(seen.notices).toHaveLength(1);
  });

  it('is read to its end and then from the beginning when another file takes its place', async () => {
    await writeFile(path, 's,a\n1,1\n');
    const seen = follow();
    await until(() => seen.values.length === 1);
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, '2,2\n');
    await until(() => seen.values.length === 2);
    await appendFile(`${path}.1`, '3,3\n');
    await writeFile(path, 's,b\n4,4\n');
    await until(() => seen.values.length === 4);
    expect(seen.values).toEqual(['a1', 'a2', 'a3', 'b4']);
    expect(seen.notices).toMatchObject([{ type: 'rotated', path }]);
    await until(async () => (await openFiles(folder)).length <= 1);
  });

  it('tells of a row that was never ended before another file took its place', async () => {
    await writeFile(path, 's,a\n1,1\n2,2');
    const seen = follow();
    await until(() => seen.values.length === 1);
    await rename(path, `${path}.1`);
    await writeFile(path, 's,a\n3,3\n');
    await until(() => seen.values.length === 2);
    expect(seen.values).toEqual(['a1', 'a3']);
    expect(seen.notices.map(({ type }) => type)).toEqual(['cut row', 'rotated']);
  });

  it('is read from the beginning when it is emptied', async () => {
    await writeFile(path, 's,a\n1,1\n2,2\n');
    const seen = follow();
    await until(() => seen.values.length === 2);
    await truncate(path);
    await until(() => seen.notices.length === 1);
    await appendFile(path, 's,a\n3,3\n');
    await until(() => seen.values.length === 3);
    expect(seen.values).toEqual(['a1', 'a2', 'a3']);
    expect(seen.notices).toMatchObject([{ type: 'truncated', path }]);
  });

  it('does not wait for a file that is silent', async () => {
    const other = join(folder, 'silent.csv');
    await writeFile(other, 's,z\n');
    await writeFile(path, 's,a\n1,1\n');
    const seen = follow([other, path]);
    await until(() => seen.values.length === 1);
    await appendFile(path, '2,2\n');
    await until(() => seen.values.length === 2);
    await appendFile(other, '3,3\n');
    await until(() => seen.values.length === 3);
    expect(seen.values).toEqual(['a1', 'a2', 'z3']);
  });

  it('ends when it is zipped: then it is finished', async () => {
    await writeFile(path, gzipSync('s,a\n1,1\n'));
    const seen = follow();
    await until(() => seen.over);
    expect(seen.values).toEqual(['a1']);
  });

  it('fails with a row that cannot be read', async () => {
    await writeFile(path, 's,a\n1,1\n');
    const seen = follow();
    await until(() => seen.values.length === 1);
    await appendFile(path, 'x,2\n3,3\n');
    await until(() => seen.error !== undefined);
    expect(seen.error).toMatchObject({ _tag: 'LogError', context: { path, line: 3, content: 'x,2' } });
    await until(async () => (await openFiles(folder)).length === 0);
  });

  it('is closed at once when it is left, whether it waits for news or for the file', async () => {
    await writeFile(path, 's,a\n1,1\n');
    const seen = follow([path, join(folder, 'missing.csv')], { pollMs: 3_600_000 });
    await until(() => seen.values.length === 1);
    running!.unsubscribe();
    await until(async () => (await openFiles(folder)).length === 0);
  });

  it('ends when the signal is aborted', async () => {
    await writeFile(path, 's,a\n1,1\n');
    const stop = new AbortController();
    const seen = follow(path, { pollMs: 3_600_000, signal: stop.signal });
    await until(() => seen.values.length === 1);
    stop.abort();
    expect(seen.over).toBe(true);
    await until(async () => (await openFiles(folder)).length === 0);
  });
});
