import { describe, expect, it } from '@jest/globals';
import { jsonLine, jsonLines } from '../../src/cli/jsonLines.js';
import { emptyReport } from '../../src/model/addToReport.js';
import { InputError } from '../../src/model/errors.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';

const session = 's' as SessionId;

const where = {};
const onItsWay = [{ part: 'frames', noun: 'frame', items: 48 }] as const;

const written = () => {
  const lines: unknown[] = [];
  const complaints: string[] = [];
  const log = jsonLines(
    (text) => lines.push(JSON.parse(text)),
    (text) => complaints.push(text),
  );
  return { log, lines, complaints };
};

describe('jsonLine', () => {
  it('writes whole numbers of any size', () => {
    expect(jsonLine({ deviceTicks: 2n ** 60n, frameId: 7 })).toBe(
      '{"deviceTicks":"1152921504606846976","frameId":7}\n',
    );
  });
});

describe('jsonLines', () => {
  it('tells every line apart by its event', () => {
    const { log, lines } = written();
    log.event({ type: 'opened', dataId: 'd' as DataId, session, at: 5 });
    log.window([3, 900]);
    log.warn('the spool is full');
    log.stopping(onItsWay, where);
    expect(lines).toEqual([
      { event: 'opened', dataId: 'd', session: 's', at: 5 },
      { event: 'window', lo: 3, hi: 900 },
      { event: 'warning', text: 'the spool is full' },
      { event: 'stopping', undelivered: 48 },
    ]);
  });

  it('says what delivery waits for, and how it goes on with that', () => {
    const { log, lines } = written();
    const where = { spool: { dir: '/spool', resume: 'epistream spool drain' }, waitsFor: 'a key that works' };
    log.stopping(onItsWay, where);
    expect(lines).toEqual([{ event: 'stopping', undelivered: 48, ...where }]);
  });

  it('ends with the report, the exit code and what went wrong', () => {
    const { log, lines, complaints } = written();
    log.end(0, [{ part: 'frames', report: emptyReport(session, 'rheed') }], where);
    log.end(2, [{ error: new InputError('fps', 0, 'must be above 0') }], where);
    expect(lines).toEqual([
      { event: 'report', exitCode: 0, ...emptyReport(session, 'rheed') },
      {
        event: 'report',
        exitCode: 2,
        problem: { tag: 'InputError', message: 'fps must be above 0, and is 0', field: 'fps' },
      },
    ]);
    expect(complaints).toEqual(['error: --fps must be above 0, and is 0\n']);
  });

  it('tells the sessions of a run apart', () => {
    const { log, lines, complaints } = written();
    const frames = emptyReport(session, 'rheed');
    const channels = emptyReport('t' as SessionId, 'timeseries');
    log.stopping([...onItsWay, { part: 'channels', noun: 'point', items: 3 }], where);
    const error = new InputError('t', 0, 'must rise');
    log.end(
      2,
      [
        { part: 'frames', report: frames },
        { part: 'channels', report: channels, error },
      ],
      where,
    );
    expect(lines).toEqual([
      { event: 'stopping', undelivered: 51, parts: { frames: 48, channels: 3 } },
      {
        event: 'report',
        exitCode: 2,
        sessions: [
          { part: 'frames', ...frames },
          {
            part: 'channels',
            ...channels,
            problem: { tag: 'InputError', message: 't must rise, and is 0', field: 't' },
          },
        ],
      },
    ]);
    expect(complaints).toEqual(['error: t must rise, and is 0\n']);
  });

  it.each([
    ['kept', { kept: 5 }],
    ['refused', { rejected: 5 }],
  ])('says where %s frames are', (_, columns) => {
    const { log, lines } = written();
    const spool = { dir: '/spool', resume: 'epistream spool drain' };
    log.end(1, [{ report: { ...emptyReport(session, 'rheed'), ...columns } }], { spool });
    log.end(0, [{ report: emptyReport(session, 'rheed') }], { spool });
    expect(lines).toMatchObject([{ spool }, {}]);
    expect(lines[1]).not.toHaveProperty('spool');
  });
});
