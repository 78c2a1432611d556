import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError, LogError } from '../model/errors.js';
import { csvLog } from '../sources/csv/csvLog.js';
import { epicDialect, epicFiles } from '../sources/csv/epicFiles.js';
import { firstRows } from './firstRows.js';
import type { LogSettings } from './streamSettings.js';
import { UsageError } from './usageError.js';

/** Reads the header and the first rows of every log. Rejects when one cannot be read, or when two would be one channel. */
export const checkLogs = async (settings: LogSettings): Promise<void> => {
  const { logs, channels, format, reading } = settings;
  const named = channels.map(async ({ channel, path, units }) => {
    await checkFile('channel', path);
    checkAlone(path, await firstRows(csvLog({ ...reading, units })(path)));
    await firstRows(csvLog({ ...reading, channel, units })(path));
    return [channel];
  });
  const headed = logs.map((path) => (format === 'epic' ? epicChannels(path, settings) : csvChannels(path, settings)));
  checkApart((await Promise.all([...named, ...headed])).flat());
};

const csvChannels = async (path: string, { reading }: LogSettings): Promise<readonly string[]> => {
  await checkFile('log', path);
  return firstRows(csvLog(reading)(path));
};

const epicChannels = async (dir: string, { reading }: LogSettings): Promise<readonly string[]> => {
  await checkFolder(dir);
  const logOf = csvLog({ ...reading, ...epicDialect });
  const files = (await epicFiles(dir)).filter(({ kind }) => kind === 'values' || kind === 'shutters');
  if (files.length === 0) throw new InputError('log', dir, 'must be a folder with the logs of EPIC');
  const channels = files.map(({ path, name, kind }) =>
    firstRows(logOf(path, kind === 'values' ? { channel: name } : {})),
  );
  return (await Promise.all(channels)).flat();
};

const checkFile = async (field: 'log' | 'channel', path: string): Promise<void> => {
  const found = await statOf(field, path, 'file');
  if (found.isDirectory()) throw new InputError('format', undefined, `must be given: ${path} is a folder (epic?)`);
};

const checkFolder = async (path: string): Promise<void> => {
  const found = await statOf('log', path, 'folder');
  if (!found.isDirectory())
    throw new UsageError(
      `with --format epic, --log must be a folder; stream ${path} by a second command with the same --run`,
    );
};

const statOf = (field: 'log' | 'channel', path: string, what: 'file' | 'folder'): Promise<Stats> =>
  stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new InputError(field, path, `must be a ${what} that is there`);
    throw new LogError(path, cause.message, undefined, cause);
  });

const checkAlone = (path: string, columns: readonly string[]): void => {
  if (columns.length > 1)
    throw new UsageError(
      `--channel takes a file with one value column; ${path} has ${columns.join(', ')}: give it with --log`,
    );
};

const checkApart = (channels: readonly string[]): void => {
  const twice = channels.find((channel, index) => channels.indexOf(channel) !== index);
  if (twice !== undefined) throw new InputError('channel', twice, 'must be in one log only');
};
