import { filter, firstValueFrom, interval, merge, type Observable, take } from 'rxjs';
import { connectToSendAgain } from '../../connect.js';
import type { Links } from '../../model/links.js';
import type { SessionReport } from '../../model/sessionReport.js';
import { spoolSessions } from '../../spool/spoolSessions.js';
import { type ExitCode, exitCodeOf } from '../exitCode.js';
import { missing } from '../missing.js';
import { outcomeText } from '../outcomeText.js';
import { platformSettings } from '../platformSettings.js';
import { requirePlatform } from '../requirePlatform.js';
import { resumeCommand } from '../resumeCommand.js';
import type { RetrySettings } from '../spoolCommand.js';
import { DeliveryLog } from './deliveryLog.js';
import { findSession } from './findSession.js';
import { Movement } from './movement.js';
import { refuseRetry } from './refuseRetry.js';
import { spoolSetting } from './spoolSetting.js';

const LOOK_MS = 500;
/** What is on its way when the user stops may still arrive, for so long, ms. */
const STOP_MS = 3_000;

/** `epistream spool retry`: sends one session again, what was refused too, and waits for what comes of it. */
export const retrySession = async (
  text: string,
  settings: RetrySettings,
  signals$: Observable<number>,
): Promise<ExitCode> => {
  const { adopt = false, json = false } = settings;
  requirePlatform(platformSettings(settings));
  const setting = spoolSetting(settings);
  const { root } = setting.place;
  const session = findSession(root, await spoolSessions(setting.place), text);
  refuseRetry(session, setting, adopt);
  const log = new DeliveryLog(json);
  const platform = connectToSendAgain(
    { ...platformSettings(settings), ...log.options },
    { session: session.id, links: linksOf(settings), adopt },
  );
  let report: SessionReport | undefined;
  platform.events$.subscribe((event) => {
    if (event.type === 'closed' || event.type === 'gaveUp') report = event.report;
  });
  const movement = new Movement(platform);
  const following = log.follow(platform);
  following.add(signals$.pipe(filter((asked) => asked > 1)).subscribe(() => log.leave()));
  const over$ = interval(LOOK_MS).pipe(filter(() => report !== undefined || movement.isStuck));
  await firstValueFrom(merge(signals$, over$).pipe(take(1)));
  const { waitsFor } = movement;
  await platform.close({ deadlineMs: STOP_MS });
  following.unsubscribe();
  const end = report === undefined ? { error: new Error(`session ${session.id} could not be taken over`) } : { report };
  const exitCode = exitCodeOf(end);
  const resume = resumeCommand(platformSettings(settings), `retry ${session.id}`);
  log.result(
    { event: 'report', exitCode, ...end.report, ...(end.error && { problem: end.error.message }) },
    end.report === undefined ? end.error.message : outcomeText(end.report),
    ...(end.report === undefined
      ? []
      : missing(end.report, { spool: { dir: root, resume }, ...(waitsFor && { waitsFor }) })),
  );
  return exitCode;
};

/** Those that were given, in place of those asked for. */
const linksOf = ({ sample, project, tag }: RetrySettings): Links => ({
  ...(sample === undefined ? {} : { physicalSample: sample }),
  ...(project === undefined ? {} : { projectId: project }),
  ...(tag === undefined ? {} : { tags: tag }),
});
