import type { SessionReport } from '../../src/model/sessionReport.js';
import type { LedgerLine } from './oracleLedger.mjs';
import type { Happening, SeenStream } from './oracleServer.js';

/** What a run left behind, everywhere. */
export interface Traces {
  /** What was promised and told, in order: by the processes that died, and by those after them. */
  readonly ledger: readonly LedgerLine[];
  /** What the platform has seen. */
  readonly streams: readonly SeenStream[];
  /** Sessions that are still in the spool. */
  readonly left?: readonly string[];
}

type Put = Extract<Happening, { what: 'put' }>;

interface Session {
  readonly name: string;
  readonly accepted: Map<number, number>;
  readonly durable: Set<number>;
  report?: SessionReport;
}

/** What is wrong with a run once its faults are over: one line each, none when nothing was lost, changed or left open. */
export const verdictOn = ({ ledger, streams, left = [] }: Traces): string[] => {
  const sessions = [...sessionsOf(ledger).values()];
  const names = new Set(sessions.map(({ name }) => name));
  return [
    ...streams.filter(({ name }) => !names.has(name)).map(({ name }) => `I2 ${name}: nobody asked for this stream`),
    ...sessions.flatMap((session) =>
      wrongWith(
        session,
        streams.filter(({ name }) => name === session.name),
      ).map((wrong) => wrong.replace(/^I\d/, (rule) => `${rule} ${session.name}:`)),
    ),
    ...left.map((session) => `I7 ${session} is still in the spool`),
  ];
};

const sessionsOf = (ledger: readonly LedgerLine[]): Map<string, Session> => {
  const sessions = new Map<string, Session>();
  for (const { session: id, type, name, index = 0, items = 0, report } of ledger) {
    if (!sessions.has(id)) sessions.set(id, { name: name ?? id, accepted: new Map(), durable: new Set() });
    const session = sessions.get(id) as Session;
    if (type === 'accepted') session.accepted.set(index, items);
    if (type === 'durable') session.durable.add(index);
    if (type === 'closed' && report !== undefined) session.report = report;
  }
  return sessions;
};

const wrongWith = (session: Session, streams: readonly SeenStream[]): string[] => {
  const puts = streams.map(putsOf);
  const whole = new Set(puts.flat().flatMap(({ index, problem }) => (problem === undefined ? [index] : [])));
  return [
    ...[...session.durable].filter((i) => !whole.has(i)).map((i) => `I1 chunk ${i} was durable, and never delivered`),
    ...puts.flat().flatMap(({ index, problem }) => (problem === undefined ? [] : [`I3 chunk ${index} ${problem}`])),
    ...[...new Set(puts.flat().map(({ index }) => index))]
      .filter((i) => !session.accepted.has(i))
      .map((i) => `I2 chunk ${i} was never accepted`),
    ...(puts.filter(({ length }) => length > 0).length > 1 ? ['I4 its chunks went into more than one stream'] : []),
    ...streams.flatMap(doubled),
    ...streams.flatMap((stream) => wrongEnd(stream, session.report)),
    ...wrongReport(session, puts.flat()),
  ];
};

const putsOf = ({ happened }: SeenStream): Put[] => happened.filter((one) => one.what === 'put');

/** A chunk may come again, as it was. */
const doubled = ({ happened }: SeenStream): string[] => {
  const first = new Map<string, string>();
  return happened.flatMap((one) => {
    if (one.what === 'end') return [];
    const content = one.what === 'put' ? one.sha : one.startMs;
    const known = first.get(`${one.what} ${one.index}`) ?? content;
    first.set(`${one.what} ${one.index}`, known);
    const other = one.what === 'put' ? 'bytes' : 'time';
    return known === content ? [] : [`I3 chunk ${one.index} came twice, with another ${other}`];
  });
};

const wrongEnd = ({ dataId, happened }: SeenStream, report: SessionReport | undefined): string[] => {
  const end = happened.findIndex(({ what }) => what === 'end');
  if (end >= 0)
    return happened
      .slice(end)
      .flatMap((one) =>
        one.what === 'end' ? [] : [`I4 ${one.what} of chunk ${one.index} after the end of ${dataId}`],
      );
  const isExcused = putsOf({ dataId, happened, name: '' }).length === 0 && (report?.orphans.length ?? 0) > 0;
  return isExcused && !report?.streams.some((known) => known === dataId) ? [] : [`I4 ${dataId} was never ended`];
};

const wrongReport = ({ accepted, durable, report }: Session, puts: readonly Put[]): string[] => {
  if (report === undefined) return durable.size + puts.length > 0 ? ['I5 it was never closed'] : [];
  const { offered, delivered, kept, rejected, dropped, lost, ended } = report;
  const issued = sumOf([...accepted.values()]);
  const arrived = sumOf([...new Map(puts.map(({ index, frames }) => [index, frames])).values()]);
  return [
    ...(offered === delivered + kept + rejected + dropped + lost ? [] : ['I5 its report does not add up']),
    ...(offered <= issued ? [] : [`I5 ${offered} frames are said to be offered, and ${issued} were`]),
    ...(delivered === arrived ? [] : [`I5 ${delivered} frames are said to be delivered, and ${arrived} were`]),
    ...(kept + rejected === 0 && ended ? [] : [`I5 it was closed with ${kept} kept, ${rejected} rejected`]),
  ];
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
