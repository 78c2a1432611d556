import type { DoctorSettings } from '../doctorCommand.js';
import { endpointOf } from '../endpointOf.js';
import type { ExitCode } from '../exitCode.js';
import { jsonLine } from '../jsonLines.js';
import { keyOf } from '../platformSettings.js';
import { spoolPlaceOf } from '../spool/spoolPlaceOf.js';
import { checkEncoder } from './checkEncoder.js';
import { checkNode } from './checkNode.js';
import { checkPlatform } from './checkPlatform.js';
import { checkSpool } from './checkSpool.js';
import { checkZstd } from './checkZstd.js';
import { type Finding, findingText } from './finding.js';

/** `epistream doctor`: whether all that a run needs is there. 0 only when all is well. */
export const doctor = async (
  settings: DoctorSettings,
  write: (text: string) => void = (text) => process.stdout.write(text),
  env: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> => {
  const tell = (finding: Finding) =>
    write(settings.json ? jsonLine({ event: 'finding', ...finding }) : `${findingText(finding)}\n`);
  const findings: Finding[] = [];
  for (const look of looks(settings, env))
    for (const finding of [await look()].flat()) {
      findings.push(finding);
      tell(finding);
    }
  const problems = findings.filter(({ isWell }) => !isWell).length;
  if (settings.json) write(jsonLine({ event: 'examined', isWell: problems === 0, problems }));
  return problems === 0 ? 0 : 1;
};

type Look = () => Finding | Promise<Finding | readonly Finding[]>;

const looks = (settings: DoctorSettings, env: NodeJS.ProcessEnv): readonly Look[] => [
  () => checkNode(),
  () => checkZstd(),
  () => checkEncoder(),
  () => checkSpool(spoolPlaceOf(settings.spool, env)),
  () => checkPlatform({ endpoint: endpointOf(settings, env), apiKey: keyOf(settings, env) }),
];
