import type { SessionEvent } from '../model/sessionEvent.js';

/** How much is told: 0 nothing, 1 what went wrong, 2 and the session's life, 3 and every retry, 4 and every chunk. */
export type Verbosity = 0 | 1 | 2 | 3 | 4;

/** An event in one line, when the verbosity calls for it. */
export const narrate = (event: SessionEvent, verbosity: Verbosity): string | undefined => {
  const [level, said] = tell(event);
  return level <= verbosity ? `epistream ${event.session.slice(0, 8)} ${said}` : undefined;
};

const tell = (event: SessionEvent): readonly [Verbosity, string] => {
  switch (event.type) {
    case 'rejected':
    case 'lost':
      return [1, `chunk ${event.chunk.index} ${event.type}: ${event.problem.message}`];
    case 'gaveUp':
      return [1, `gave up (${event.phase}): ${event.problem.message}`];
    case 'linkRefused':
    case 'paused':
      return [1, `${event.type}: ${event.problem.message}`];
    case 'orphaned':
      return [1, `a stream named ${event.streamName} may have been left on the platform: ${event.problem.message}`];
    case 'gap':
      return [1, `gap of ${event.gap.frames} frames (${event.gap.cause})`];
    case 'overlap':
      return [1, `chunk ${event.index} begins ${Math.round(event.byMs)} ms too early: frames come faster than fps`];
    case 'asked':
      return [2, `asked for ${event.asked.options.streamName ?? 'a stream'}`];
    case 'opened':
      return [2, `opened as ${event.dataId}`];
    case 'resumed':
      return [2, 'resumed'];
    case 'recovered':
      return [2, `taken over from an earlier process: ${event.undelivered} chunks to deliver`];
    case 'damaged':
      return [1, `damaged on the disk: ${event.problem.message}`];
    case 'created':
      return [4, `created ${event.dataId}`];
    case 'retried':
      return [2, `chunk ${event.chunk.index} is sent again`];
    case 'ending':
      return [2, `ending (${event.outcome})`];
    case 'closed':
      return [2, `closed: ${event.report.delivered} of ${event.report.offered} frames delivered`];
    case 'retrying':
      return [3, `${event.step} again in ${event.inMs} ms: ${event.problem.message}`];
    case 'intent':
      return [4, `about to ${event.step}`];
    case 'accepted':
    case 'durable':
    case 'delivered':
      return [4, `chunk ${event.chunk.index} ${event.type} (${event.chunk.items} frames)`];
  }
};
