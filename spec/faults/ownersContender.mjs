// A process that has spools of its own and of others: told over its channel to connect to one, and to let go of it.
import { connect } from 'epistream';
import { lineOf } from './oracleLedger.mjs';

/** @type {{ close(options: { deadlineMs: number }): Promise<unknown> } | undefined} */
let platform;
process.on('message', async (message) => {
  const { endpoint, dir, at } = /** @type {import('./ownersRace.js').Order} */ (message);
  await platform?.close({ deadlineMs: 10_000 });
  platform = undefined;
  if (dir === undefined) return process.send?.({ type: 'left' });
  while (Date.now() < at); // not a timer: both at the same moment
  const connected = connect({
    endpoint,
    apiKey: 'growth',
    retry: { baseMs: 20, capMs: 200 },
    referenceClock: false,
    spool: { dir, minFreeBytes: 0 },
  });
  platform = connected;
  connected.events$.subscribe((event) => {
    const line = lineOf(event);
    if (line !== undefined) process.send?.({ type: 'told', line });
  });
  return undefined;
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'left' });
