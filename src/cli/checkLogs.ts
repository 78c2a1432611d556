import { stat } from 'node:fs/promises';
import { InputError, LogError } from '../model/errors.js';
import { csvLog } from '../sources/csv/csvLog.js';
import { epicDialect, epicFiles } from '../sources/csv/epicFiles.js';
import { firstRows } from './firstRows.js';
import type { LogSettings } from './streamSettings.js';

/** Reads the header and the first rows of every log. Rejects when one cannot be read, or when two would be one channel. */
export const checkLogs = async (settings: LogSettings): Promise<void> => {
  const { logs, channels, format, reading } = settings;
  const named = channels.map(async ({ channel, path, units }) => {
    await firstRows(await logOf(path, () => csvLog({ ...reading, channel, units })(path)));
    return [channel];
  });
  const headed = logs.map((path) => (format === 'epic' ? epicChannels(path, settings) : csvChannels(path, settings)));
  checkApart((await Promise.all([...named, ...headed])).flat());
};

const csvChannels = async (path: string, { reading }: LogSettings): Promise<readonly string[]> =>
  firstRows(await logOf(path, () => csvLog(reading)(path)));

const epicChannels = async (dir: string, { reading }: LogSettings): Promise<readonly string[]> => {
  const logOf = csvLog({ ...reading, ...epicDialect });
  const files = (await epicFiles(dir)).filter(({ kind }) => kind === 'values' || kind === 'shutters');
  if (files.length === 0) throw new InputError('log', dir, 'must be a folder with the logs of EPIC');
  const channels = files.map(({ path, name, kind }) =>
    firstRows(logOf(path, kind === 'values' ? { channel: name } : {})),
  );
  return (await Promise.all(channels)).flat();
};

const logOf = async <T>(path: string, open: () => T): Promise<T> => {
  const found = await stat(path).catch((cause: Error) => {
    throw new LogError(path, cause.message, undefined, cause);
  });
  if (found.isDirectory()) throw new InputError('format', undefined, `must be given: ${path} is a folder (epic?)`);
  return open();
};

const checkApart = (channels: readonly string[]): void => {
  const twice = channels.find((channel, index) => channels.indexOf(channel) !== index);
  if (twice !== undefined) throw new InputError('channel', twice, 'must be in one log only');
};
