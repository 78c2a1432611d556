import type { StreamKind } from '../../model/asked.js';
import type { Owner } from '../../spool/owner.js';
import { itemsOf, lostChunks } from '../../spool/spoolChunks.js';
import type { SpooledSession } from '../../spool/spoolSessions.js';
import { type SpoolState, spoolState } from '../../spool/spoolState.js';

/** Whether a session is for the platform and the key that this command has; `unknown` when it has none, or damage has taken whose it is. */
export type Whose = 'ours' | 'another platform' | 'another key' | 'unknown';

/** What is told of a session that a spool keeps. */
export interface SessionRow {
  readonly id: string;
  readonly name: string;
  readonly state: SpoolState;
  readonly whose: Whose;
  readonly kind: StreamKind;
  /** Frames or points that the platform does not have yet, and those that it refused. */
  readonly undelivered: number;
  readonly rejected: number;
  /** Those that are gone: their process died before they were on the disk, or the disk did not give them back. */
  readonly lost: number;
  /** Of chunks, on the disk. */
  readonly bytes: number;
  /** ms UTC. */
  readonly startedAt?: number;
  readonly endpoint?: string;
  /** Parts that cannot be read. */
  readonly damaged: number;
  /** Why the last process that tried stopped short. */
  readonly problem?: string;
  /** Its stream takes no more chunks: what is left goes nowhere until somebody asks for a continuation. */
  readonly isStreamOver: boolean;
}

/** What a platform answers for a stream that is closed, or another organisation's. */
const OVER: readonly (number | undefined)[] = [404, 409, 410];

/** @param ownerOf who this command is, of a session by its id: nobody, when no platform was named; a key that is not given is nobody else's */
export const sessionRow = (session: SpooledSession, ownerOf: ((id: string) => Owner) | undefined): SessionRow => {
  const { id, contents, damage, unreadable, setAside } = session;
  const { report, startedAt, owner, lastProblem, stream } = contents;
  const lost = itemsOf(lostChunks(session));
  return {
    id,
    name: contents.asked?.options.streamName ?? '',
    state: spoolState(session),
    whose: whoseIs(session, ownerOf?.(id)),
    kind: report.kind,
    undelivered: report.kept - lost,
    rejected: report.rejected,
    lost: report.lost + lost,
    bytes: contents.bytes,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(owner === undefined ? {} : { endpoint: owner.endpoint }),
    damaged: damage.length + unreadable.length + setAside.length,
    ...(lastProblem === undefined ? {} : { problem: lastProblem.message }),
    isStreamOver: stream !== undefined && (stream.isEnded || OVER.includes(lastProblem?.status)),
  };
};

/** Prints differ where keys do; a print that one side lacks says nothing. */
const whoseIs = ({ contents: { owner } }: SpooledSession, us: Owner | undefined): Whose => {
  if (owner === undefined || us === undefined) return 'unknown';
  if (owner.endpoint !== us.endpoint) return 'another platform';
  const isOurs = owner.keyPrint === undefined || us.keyPrint === undefined || owner.keyPrint === us.keyPrint;
  return isOurs ? 'ours' : 'another key';
};
