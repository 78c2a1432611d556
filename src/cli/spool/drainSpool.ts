import { exhaustMap, filter, firstValueFrom, interval, merge, type Observable, take } from 'rxjs';
import { connect } from '../../connect.js';
import type { ExitCode } from '../exitCode.js';
import { platformSettings } from '../platformSettings.js';
import { count } from '../quantity.js';
import { requirePlatform } from '../requirePlatform.js';
import { resumeCommand } from '../resumeCommand.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { DeliveryLog } from './deliveryLog.js';
import { DrainWatch } from './drainWatch.js';
import { leftIn } from './leftIn.js';
import { lostText } from './lostText.js';
import { spoolSetting } from './spoolSetting.js';

const LOOK_MS = 500;
/** What is on its way when the user stops may still arrive, for so long, ms. */
const STOP_MS = 3_000;

/**
 * `epistream spool drain`: delivers what no process is delivering. 0 when nothing of this platform is left or was lost, 1 when
 * something is, and why; also when the platform is away for two minutes. With `watch` it goes on until it is asked to stop, and
 * that is 0.
 */
export const drainSpool = async (
  settings: SpoolSettings & { readonly watch?: boolean },
  signals$: Observable<number>,
): Promise<ExitCode> => {
  const { watch = false, json = false } = settings;
  requirePlatform(platformSettings(settings));
  const log = new DeliveryLog(json);
  // A service may come before the first run; whoever drains once means a spool that is there.
  const setting = spoolSetting(settings, { mayBeMissing: watch });
  const platform = connect({ ...platformSettings(settings), ...log.options });
  const watching = new DrainWatch(setting, platform);
  const following = log.follow(platform);
  if (watch) log.note(`watching ${setting.place.root} for ${setting.endpoint} (Ctrl-C stops)`);
  following.add(signals$.pipe(filter((asked) => asked > 1)).subscribe(() => log.leave()));
  // Looks also when nothing would come of it: signals alone keep no process alive.
  const done$ = interval(LOOK_MS).pipe(
    exhaustMap(async () => !watch && (await watching.isDone())),
    filter(Boolean),
  );
  await firstValueFrom(merge(signals$, done$).pipe(take(1)));
  if (!watch && watching.isAway)
    log.note(
      `the platform is away, nothing got on for two minutes: ${resumeCommand(platformSettings(settings))} --watch waits for ever`,
    );
  await platform.close({ deadlineMs: STOP_MS });
  following.unsubscribe();
  const { left, others } = watch ? { left: [], others: 0 } : await leftIn(setting);
  const { closed, lossy } = watching;
  const exitCode = watch || left.length + lossy.length === 0 ? 0 : 1;
  log.result(
    { event: 'drained', exitCode, sessions: closed, lost: lossy, left, others },
    [
      `delivered ${count(closed, 'session')}`,
      ...(watch ? [] : [`${left.length} left`]),
      ...(others === 0 ? [] : [`${others} of other platforms left alone (${listing(settings)})`]),
      ...lostText(lossy),
    ].join(', '),
    ...[...lossy, ...left].map(({ id, reason }) => `${id}: ${reason}`),
  );
  return exitCode;
};

/** The command that shows what the spool keeps for whichever platform. */
const listing = ({ spool }: SpoolSettings): string =>
  resumeCommand(spool === undefined ? {} : { spool: { dir: spool } }, 'ls');
