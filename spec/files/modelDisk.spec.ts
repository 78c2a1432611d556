import { describe, expect, it } from '@jest/globals';
import type { DiskFile } from '../../src/files/disk.js';
import { diskContract } from './diskContract.js';
import { ModelDisk } from './modelDisk.js';
import type { DiskOperation } from './modelFaults.js';

diskContract('ModelDisk', async () => {
  const disk = new ModelDisk();
  await disk.makeDirectory('/spool');
  return { disk, root: '/spool' };
});

const unlucky = (): number => 0.99;
const lucky = (): number => 0;
const bytes = (text: string): Uint8Array => Buffer.from(text);

const spool = async (disk = new ModelDisk()): Promise<ModelDisk> => {
  await disk.makeDirectory('/spool');
  return disk;
};
const put = async (disk: ModelDisk, path: string, text: string): Promise<DiskFile> => {
  const file = await disk.create(path);
  await file.write([bytes(text)]);
  return file;
};
/** What there is, with all its bytes. */
const found = async (disk: ModelDisk, path = '/spool'): Promise<string[]> => {
  const entries = await disk.list(path);
  const texts = entries.map(async ({ name, kind }) => {
    if (kind === 'directory') return (await found(disk, `${path}/${name}`)).map((inside) => `${name}/${inside}`);
    return kind === 'file' ? [`${name}=${Buffer.from(await disk.read(`${path}/${name}`))}`] : [`${name}?`];
  });
  return (await Promise.all(texts)).flat().toSorted();
};

describe('ModelDisk when the power is cut', () => {
  it('has the directories that were made', async () => {
    const disk = new ModelDisk();
    await disk.makeDirectory('/spool/sessions/1');
    expect(await disk.crash(unlucky).list('/spool/sessions/1')).toEqual([]);
  });

  it('needs a sync of the bytes and one of the name', async () => {
    const disk = await spool();
    await put(disk, '/spool/name', 'x');
    const both = await put(disk, '/spool/both', 'x');
    await both.sync();
    await disk.syncDirectory('/spool');
    const data = await put(disk, '/spool/bytes', 'x');
    await data.sync();
    await put(disk, '/spool/none', 'x');
    expect(await found(disk.crash(unlucky))).toEqual(['both=x', 'name=']);
    expect(await found(disk.crash(lucky))).toEqual(['both=x', 'bytes=x', 'name=x', 'none=x']);
  });

  it('may have a renamed file without its bytes', async () => {
    const disk = await spool();
    await put(disk, '/spool/draft', 'x');
    await disk.rename('/spool/draft', '/spool/file');
    await disk.syncDirectory('/spool');
    expect(await found(disk.crash(unlucky))).toEqual(['file=']);
  });

  it('is back before a rename or a removal that nobody synced', async () => {
    const disk = await spool();
    for (const name of ['a', 'b']) await (await put(disk, `/spool/${name}`, name)).sync();
    await disk.syncDirectory('/spool');
    await disk.rename('/spool/a', '/spool/c');
    await disk.remove('/spool/b');
    expect(await found(disk)).toEqual(['c=a']);
    expect(await found(disk.crash(unlucky))).toEqual(['a=a', 'b=b']);
    await disk.syncDirectory('/spool');
    expect(await found(disk.crash(unlucky))).toEqual(['c=a']);
  });

  it('may be in the middle of removing a tree', async () => {
    const disk = await spool();
    for (const name of ['a', 'b', 'c']) disk.plant(`/spool/tree/${name}`, bytes(name));
    const stopped = disk.faults.stopAt(3);
    disk.removeTree('/spool/tree');
    await stopped;
    expect(await found(disk.crash(lucky))).toEqual(['tree/c=c']);
    expect(await found(disk.crash(unlucky))).toEqual(['tree/a=a', 'tree/b=b', 'tree/c=c']);
  });

  it('has in the middle of making directories those above only', async () => {
    const disk = new ModelDisk();
    const stopped = disk.faults.stopAt(3);
    disk.makeDirectory('/a/b/c');
    await stopped;
    const after = disk.crash(unlucky);
    expect(await after.list('/a')).toEqual([]);
  });

  it.each(['/a', '/a/b'])('has a directory that one process made and the next found (%s)', async (path) => {
    const disk = new ModelDisk();
    const stopped = disk.faults.stopAt(2); // after the name, before its sync
    disk.makeDirectory('/a');
    await stopped;
    expect(await disk.crash(unlucky).list('/')).toEqual([]);
    const next = disk.kill();
    await next.makeDirectory(path);
    expect(await next.crash(unlucky).list('/')).toEqual([{ name: 'a', kind: 'directory' }]);
  });

  it('has lost all that nobody synced, and leaves the dead process a disk of its own', async () => {
    const disk = await spool();
    const file = await put(disk, '/spool/a', 'x');
    await disk.syncDirectory('/spool');
    const after = disk.crash(unlucky);
    await file.write([bytes('y')]);
    await file.sync();
    await put(disk, '/spool/b', 'z');
    expect(await found(after)).toEqual(['a=']);
    expect(await found(after.crash(lucky))).toEqual(['a=']);
  });
});

describe('ModelDisk when a process is killed', () => {
  it('is as it was seen, and can still lose it to a power cut', async () => {
    const disk = await spool();
    const file = await put(disk, '/spool/a', 'x');
    const next = disk.kill();
    await file.write([bytes('y')]);
    expect(await found(next)).toEqual(['a=x']);
    expect(await found(next.crash(unlucky))).toEqual([]);
  });
});

describe('ModelDisk that writes back', () => {
  it('makes bytes or names safe that nobody synced, one at a time, until all are', async () => {
    const disk = await spool();
    await put(disk, '/spool/a', 'x');
    disk.writeback(unlucky); // the bytes
    expect(await found(disk.crash(unlucky))).toEqual([]);
    disk.writeback(unlucky); // the name: nothing else is left
    expect(await found(disk.crash(unlucky))).toEqual(['a=x']);
    disk.writeback(unlucky);
    expect(await found(disk.crash(unlucky))).toEqual(['a=x']);
  });
});

describe('ModelDisk that is full', () => {
  it('takes a part of what it is given, until there is room again', async () => {
    const disk = await spool(new ModelDisk({ capacity: 5 }));
    const file = await put(disk, '/spool/a', 'abc');
    await expect(file.write([bytes('de'), bytes('fg')])).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await found(disk)).toEqual(['a=abcde']);
    expect(await disk.freeBytes('/spool')).toBe(0);
    await disk.remove('/spool/a');
    expect(await disk.freeBytes('/spool')).toBe(5);
    await put(disk, '/spool/b', 'abcde');
    disk.capacity = 6;
    expect(await disk.freeBytes('/spool')).toBe(1);
    expect(disk.crash(lucky).capacity).toBe(6);
  });
});

describe('ModelDisk that fails', () => {
  it.each([
    ['makeDirectory', (disk) => disk.makeDirectory('/spool/d')],
    ['list', (disk) => disk.list('/spool')],
    ['create', (disk) => disk.create('/spool/new')],
    ['read', (disk) => disk.read('/spool/a')],
    ['rename', (disk) => disk.rename('/spool/a', '/spool/b')],
    ['remove', (disk) => disk.remove('/spool/a')],
    ['removeTree', (disk) => disk.removeTree('/spool/a')],
    ['syncDirectory', (disk) => disk.syncDirectory('/spool')],
    ['freeBytes', (disk) => disk.freeBytes('/spool')],
  ] satisfies [DiskOperation, (disk: ModelDisk) => Promise<unknown>][])(
    'does so at the nth %s, so many times, and has done nothing',
    async (kind, act) => {
      const disk = await spool();
      await put(disk, '/spool/a', 'x');
      await disk.list('/spool');
      const before = disk.faults.asked.get(kind) ?? 0;
      disk.faults.fail({ kind, times: 2, code: 'EIO' });
      for (let k = 0; k < 2; k += 1) await expect(act(disk)).rejects.toMatchObject({ code: 'EIO' });
      expect(disk.faults.asked.get(kind)).toBe(before + 2);
      expect(await disk.kill().read('/spool/a')).toEqual(new Uint8Array(bytes('x')));
      expect(await disk.kill().list('/spool')).toHaveLength(1);
      await act(disk);
    },
  );

  it('counts from the nth', async () => {
    const disk = await spool();
    disk.faults.fail({ kind: 'create', nth: 2, code: 'ENOSPC' });
    await disk.create('/spool/a');
    await expect(disk.create('/spool/b')).rejects.toMatchObject({ code: 'ENOSPC' });
    await disk.create('/spool/c');
  });

  it('fails on until it heals', async () => {
    const disk = await spool();
    disk.faults.fail({ kind: 'create', times: Number.POSITIVE_INFINITY, code: 'EIO' });
    for (const name of ['a', 'b', 'c'])
      await expect(disk.create(`/spool/${name}`)).rejects.toMatchObject({ code: 'EIO' });
    disk.faults.heal();
    await disk.create('/spool/a');
  });

  it('has written half of what a failed write was given', async () => {
    const disk = await spool();
    const file = await put(disk, '/spool/a', 'ab');
    disk.faults.fail({ kind: 'write', code: 'EIO' });
    await expect(file.write([bytes('cd'), bytes('ef')])).rejects.toMatchObject({ code: 'EIO' });
    expect(await found(disk)).toEqual(['a=abcd']);
  });

  it('drops with a failed sync what the file had not synced, and says nothing at the next', async () => {
    const disk = await spool();
    const file = await put(disk, '/spool/a', 'ab');
    await disk.syncDirectory('/spool');
    disk.faults.fail({ kind: 'sync', code: 'EIO' });
    await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
    await file.sync();
    expect(await found(disk)).toEqual(['a=ab']);
    expect(await found(disk.crash(lucky))).toEqual(['a=\0\0']);
  });

  it('has closed a file also when that failed', async () => {
    const disk = await spool();
    const file = await put(disk, '/spool/a', 'ab');
    disk.faults.fail({ kind: 'close', code: 'EIO' });
    await expect(file.close()).rejects.toMatchObject({ code: 'EIO' });
    await expect(file.write([])).rejects.toMatchObject({ code: 'EBADF' });
    await expect(file.sync()).rejects.toMatchObject({ code: 'EBADF' });
  });

  it('stops for ever where it is told to', async () => {
    const disk = await spool();
    const stopped = disk.faults.stopAt(2);
    const answered: string[] = [];
    disk.create('/spool/a').then(() => answered.push('a'));
    disk.create('/spool/b').then(() => answered.push('b'));
    await stopped;
    disk.create('/spool/c').then(() => answered.push('c'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toEqual(['a']);
    expect(await found(disk.kill())).toEqual(['a=']);
  });
});

describe('ModelDisk', () => {
  it('does nothing before its turn', async () => {
    const turns: { readonly kind: DiskOperation; readonly next: () => void }[] = [];
    const disk = new ModelDisk({ turn: (kind) => new Promise((next) => turns.push({ kind, next })) });
    disk.plant('/spool/a', bytes('x'));
    const removed = disk.remove('/spool/a');
    const read = disk.read('/spool/a');
    expect(turns.map(({ kind }) => kind)).toEqual(['remove', 'read']);
    turns[1]?.next();
    expect(Buffer.from(await read).toString()).toBe('x');
    turns[0]?.next();
    await removed;
  });

  it('answers a microtask later at the earliest', async () => {
    const disk = new ModelDisk();
    disk.plant('/spool/a', bytes('x'));
    const removed = disk.remove('/spool/a');
    const before = disk.kill();
    await removed;
    expect(await before.list('/spool')).toHaveLength(1);
    expect(await disk.list('/spool')).toEqual([]);
  });

  it('reads the memory it writes from only when it writes', async () => {
    const disk = await spool();
    const file = await disk.create('/spool/a');
    const lent = bytes('ab');
    const written = file.write([lent]);
    lent.fill(0);
    await written;
    expect(await found(disk)).toEqual(['a=\0\0']);
  });

  it('takes one write at a time', async () => {
    const disk = await spool();
    const file = await disk.create('/spool/a');
    const first = file.write([bytes('a')]);
    await expect(file.write([bytes('b')])).rejects.toMatchObject({ code: 'EBUSY' });
    await first;
    await file.write([bytes('c')]);
    expect(await found(disk)).toEqual(['a=ac']);
  });

  it('refuses to rename what would lose a directory', async () => {
    const disk = new ModelDisk();
    for (const path of ['/file', '/full/file', '/other/file']) disk.plant(path, bytes('x'));
    await disk.makeDirectory('/empty');
    await expect(disk.rename('/file', '/full')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await expect(disk.rename('/file', '/empty')).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(disk.rename('/other', '/full')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await expect(disk.rename('/other', '/file')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('closes a file once', async () => {
    const disk = await spool();
    const file = await disk.create('/spool/a');
    await file.close();
    await file.close();
    expect(disk.faults.asked.get('close')).toBe(1);
  });

  it('has what was planted, and follows no link', async () => {
    const disk = new ModelDisk();
    disk.plant('/spool/a', bytes('x'));
    disk.plant('/spool/link', 'other');
    const after = disk.crash(unlucky);
    expect(await found(after)).toEqual(['a=x', 'link?']);
    for (const act of [() => after.read('/spool/link'), () => after.list('/spool/link')])
      await expect(act()).rejects.toMatchObject({ code: 'ELOOP' });
    for (const act of [() => after.create('/spool/link'), () => after.makeDirectory('/spool/link')])
      await expect(act()).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
