import { describe, expect, it } from '@jest/globals';
import { of, Subject } from 'rxjs';
import { Gate } from '../../src/delivery/gate.js';
import { type Heard, heardOf } from '../../src/delivery/heardOf.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../../src/model/sessionEvent.js';

const [a, b] = ['session-a', 'session-b'] as unknown as [SessionId, SessionId];
const problem = { tag: 'IngestError', message: 'answered 503', status: 503 };
const other = { tag: 'IngestError', message: 'no answer' };
const dataId = 'stream-1' as DataId;
const chunk = { index: 0, revision: 0, items: 1 };
const report = emptyReport(a, 'rheed');
const clock = { offsetMs: 7, uncertaintyMs: 1, takenAt: 0 };

const retrying = (inMs: number) => ({ type: 'retrying', step: 'send', inMs, problem }) as const;
const delivered = { type: 'delivered', chunk, to: dataId, as: 0 } as const;

const listen = () => {
  const events$ = new Subject<SessionEvent>();
  const gate = new Gate();
  let now = 1000;
  const heard$ = heardOf(events$, gate, { wallMs: () => now++, scheduler: undefined as never });
  const say = (session: SessionId, ...what: (SessionRecord | SessionNotice)[]): Heard => {
    for (const said of what) events$.next({ ...said, session, at: 0 });
    return heard$.value;
  };
  return { say, gate, heard$, events$ };
};

describe('what is heard of a platform', () => {
  it('counts chunks by their fate', () => {
    const { say } = listen();
    const [rejected, lost] = [
      { type: 'rejected', chunk, problem },
      { type: 'lost', chunk, problem },
    ] as const;
    expect(say(a, delivered, delivered, rejected, lost, delivered)).toMatchObject({
      delivered: 3,
      rejected: 1,
      lost: 1,
    });
  });

  it.each<readonly [string, SessionRecord | SessionNotice]>([
    ['intent', { type: 'intent', step: 'create' }],
    ['created', { type: 'created', dataId }],
    ['opened', { type: 'opened', dataId }],
    ['linkRefused', { type: 'linkRefused', problem }],
    ['delivered', delivered],
    ['rejected', { type: 'rejected', chunk, problem }],
    ['lost', { type: 'lost', chunk, problem }],
    ['closed', { type: 'closed', dataId, report }],
    ['gaveUp', { type: 'gaveUp', phase: 'end', problem, report }],
  ])('ends the wait of its session with %s, and no other’s', (_, said) => {
    const { say } = listen();
    say(a, retrying(500), retrying(900));
    say(b, retrying(70));
    expect(say(a, said).backoffs).toEqual(new Map([[b, 70]]));
  });

  it.each<SessionRecord | SessionNotice>([
    { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } },
    { type: 'durable', chunk, bytes: 9 },
    { type: 'ending', outcome: 'complete' },
    { type: 'paused', problem },
  ])('does not take %j for a success', (said) => {
    const { say } = listen();
    expect(say(a, retrying(500), said).backoffs).toEqual(new Map([[a, 500]]));
  });

  it.each<SessionRecord | SessionNotice>([
    { type: 'resumed' },
    { type: 'closed', dataId, report },
    { type: 'gaveUp', phase: 'end', problem, report },
  ])('ends a pause of its session with %j', (said) => {
    const { say } = listen();
    say(a, { type: 'paused', problem });
    expect(say(b, { type: 'paused', problem: other }).pauses.size).toBe(2);
    expect(say(a, said).pauses).toEqual(new Map([[b, other]]));
  });

  it('keeps the last reading of the clock', () => {
    const { say } = listen();
    expect(say(a, { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host', clock } }).clock).toBe(clock);
    expect(say(a, { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'recorded' } }).clock).toBe(clock);
  });

  it('times an outage from its first failure to the first success, and takes a pause for none', () => {
    const { gate, heard$ } = listen();
    expect(heard$.value).not.toHaveProperty('outage');
    gate.hold(problem, false);
    const { outage } = heard$.value;
    expect(outage).toMatchObject({ problem });
    gate.hold(other, false);
    expect(heard$.value.outage?.since).toBe(outage?.since);
    gate.hold(other, true);
    expect(heard$.value).not.toHaveProperty('outage');
    gate.open();
    gate.hold(other, false);
    expect(heard$.value.outage?.since).toBeGreaterThan(outage?.since ?? Number.NaN);
    gate.open();
    expect(heard$.value).not.toHaveProperty('outage');
  });

  it('is at its end with the events', () => {
    const { events$, gate, heard$ } = listen();
    events$.complete();
    gate.hold(problem, false);
    expect(heard$.value).not.toHaveProperty('outage');
    expect(heard$.isStopped).toBe(true);
    expect(heardOf(of(), gate, { wallMs: () => 0, scheduler: undefined as never }).isStopped).toBe(true);
  });
});
