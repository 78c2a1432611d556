import { firstValueFrom, type Observable } from 'rxjs';
import { startServer } from '../server/index.js';
import type { ExitCode } from './exitCode.js';
import { jsonLine } from './jsonLines.js';
import type { ServeSettings } from './program.js';

/** Runs a local platform until it is asked to stop; asked again, it leaves at once. */
export const serve = async (
  { port, host, data, key, json = false }: ServeSettings,
  signals$: Observable<number>,
): Promise<ExitCode> => {
  const stop = firstValueFrom(signals$);
  const impatient = signals$.subscribe((count) => count > 1 && leaveAtOnce());
  const server = await startServer({ port, host, dataDir: data, ...(key === undefined ? {} : { apiKey: key }) });
  const say = (event: object, text: string) => process.stdout.write(json ? jsonLine(event) : `${text}\n`);
  say(
    { event: 'listening', url: server.url, dataDir: server.dataDir },
    `listening on ${server.url}, keeping streams in ${server.dataDir} (Ctrl-C stops)`,
  );
  await stop;
  await server.close();
  impatient.unsubscribe();
  say({ event: 'stopped' }, 'stopped: everything that was acknowledged is on the disk');
  return 0;
};

const leaveAtOnce = (): void => {
  const text =
    'error: stopped at once; uploads under way were not acknowledged, and are still with whoever sends them\n';
  process.stderr.write(text, () => process.exit(1));
};
