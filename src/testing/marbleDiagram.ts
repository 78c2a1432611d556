import { inspect, isDeepStrictEqual } from 'node:util';

/** What a TestScheduler compares: a stream's notifications, or the times of subscriptions to it. */
interface Message {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}
interface SubscriptionTimes {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}
type Log = readonly (Message | SubscriptionTimes)[];

/** The marbles of one line, by the time they stand at, ms. */
interface Line {
  readonly name: string;
  readonly at: ReadonlyMap<number, string>;
}

/**
 * Two streams as marbles, one under the other, on a common axis of the moments at which either has something.
 *
 * @internal
 */
export const marbleDiagram = (actual: Log, expected: Log): string => {
  const isMessages = [...actual, ...expected].every((entry) => 'notification' in entry);
  return isMessages
    ? diagramOfMessages(actual as readonly Message[], expected as readonly Message[])
    : diagramOfSubscriptions(actual as readonly SubscriptionTimes[], expected as readonly SubscriptionTimes[]);
};

const diagramOfMessages = (actual: readonly Message[], expected: readonly Message[]): string => {
  const values = distinct([...actual, ...expected].flatMap(valuesOf));
  const symbols = symbolsOf(values);
  const symbolOf = (value: unknown) => symbols[values.findIndex((known) => isDeepStrictEqual(known, value))] ?? '?';
  const line = (name: string, messages: readonly Message[]) => ({ name, at: marblesOf(messages, symbolOf) });
  return [
    ...drawn([line('actual', actual), line('expected', expected)]),
    ...values.flatMap((value, index) => (value === symbols[index] ? [] : [`${symbols[index]} = ${shown(value)}`])),
    ...errorsOf('actual', actual),
    ...errorsOf('expected', expected),
  ].join('\n');
};

const diagramOfSubscriptions = (
  actual: readonly SubscriptionTimes[],
  expected: readonly SubscriptionTimes[],
): string => {
  const rounds = Array.from({ length: Math.max(actual.length, expected.length) }, (_, index) => index);
  return rounds
    .flatMap((index) => [
      `subscription ${index + 1}`,
      ...drawn([
        { name: 'actual', at: windowOf(actual[index]) },
        { name: 'expected', at: windowOf(expected[index]) },
      ]),
    ])
    .join('\n');
};

const valuesOf = ({ notification }: Message): unknown[] => (notification.kind === 'N' ? [notification.value] : []);

const distinct = (values: readonly unknown[]): unknown[] =>
  values.filter((value, index) => values.findIndex((known) => isDeepStrictEqual(known, value)) === index);

/** A one-letter string stands for itself, as it does in marbles; everything else gets a letter nobody uses. */
const symbolsOf = (values: readonly unknown[]): string[] => {
  const isSymbol = (value: unknown): value is string => typeof value === 'string' && /^[\w]$/.test(value);
  const free = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !values.includes(letter));
  return values.map((value) => (isSymbol(value) ? value : (free.shift() ?? '?')));
};

const marblesOf = (messages: readonly Message[], symbolOf: (value: unknown) => string): ReadonlyMap<number, string> => {
  const groups = new Map<number, string>();
  for (const { frame, notification } of messages) {
    const marble = { N: () => symbolOf(notification.value), E: () => '#', C: () => '|' }[notification.kind]();
    groups.set(frame, (groups.get(frame) ?? '') + marble);
  }
  return new Map([...groups].map(([frame, group]) => [frame, group.length > 1 ? `(${group})` : group]));
};

const windowOf = (times: SubscriptionTimes | undefined): ReadonlyMap<number, string> => {
  if (times === undefined) return new Map();
  const { subscribedFrame, unsubscribedFrame } = times;
  if (subscribedFrame === unsubscribedFrame) return new Map([[subscribedFrame, '(^!)']]);
  return new Map([
    [subscribedFrame, '^'],
    ...(unsubscribedFrame < Infinity ? [[unsubscribedFrame, '!'] as const] : []),
  ]);
};

/** The lines under a line of times, and under them a mark wherever they differ. */
const drawn = (lines: readonly Line[]): string[] => {
  const times = [...new Set(lines.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
  const cells = (line: Line) => times.map((time) => line.at.get(time) ?? '-');
  const differs = times.map((time) => (new Set(lines.map(({ at }) => at.get(time))).size > 1 ? '^' : ''));
  const rows = [['ms', ...times.map(String)], ...lines.map((line) => [line.name, ...cells(line)]), ['', ...differs]];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
};

const errorsOf = (name: string, messages: readonly Message[]): string[] =>
  messages.flatMap(({ notification }) =>
    notification.kind === 'E' ? [`# ${name} = ${shown(notification.error)}`] : [],
  );

const shown = (value: unknown): string =>
  value instanceof Error ? String(value) : inspect(value, { depth: 4, breakLength: 100, maxArrayLength: 20 });
