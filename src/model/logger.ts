/**
 * Takes lines of text, by how much they matter; `console`, pino and winston are loggers.
 *
 * One that throws or rejects is told of once, by a process warning, and stops no delivery.
 *
 * @example
 * ```ts
 * import { type Logger, openRheed } from 'epistream';
 * import { local } from 'epistream/server';
 * import { frames } from 'epistream/testing';
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { firstValueFrom, lastValueFrom } from 'rxjs';
 *
 * const say = (level: string) => (line: string) => console.log(level, line.replace(/ [0-9a-f-]{8,}/g, ' …'));
 * const logger: Logger = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
 *
 * const platform = await local({ dir: await mkdtemp(join(tmpdir(), 'growth-')), spool: false, verbosity: 2, logger });
 * const session = openRheed(platform, { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'Growth run 42' });
 * await firstValueFrom(session.opened$);
 * session.upload(frames(20));
 * await lastValueFrom(session.end());
 * await platform.close();
 * await rm(platform.dir, { recursive: true });
 * // → info epistream … asked for Growth run 42
 * // → info epistream … opened as …
 * // → info epistream … ending (complete)
 * // → info epistream … closed: 20 of 20 frames delivered
 * ```
 */
export interface Logger {
  /** Frames are lost, refused or not delivered. */
  error(line: string): unknown;
  /** Somebody should look: a pause, a gap, a link that was refused, a spool that fills up. */
  warn(line: string): unknown;
  /** A session's life: asked, opened, ending, closed. */
  info(line: string): unknown;
  /** Every retry, every chunk. */
  debug(line: string): unknown;
}
