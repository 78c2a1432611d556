/**
 * A line of the ledger: what a session said, as far as a promise or an account of it is made.
 *
 * @typedef {object} LedgerLine
 * @property {string} session
 * @property {import('../../src/index.js').SessionEvent['type']} type
 * @property {string} [name] of its stream
 * @property {number} [index]
 * @property {number} [items]
 * @property {import('../../src/index.js').SessionReport} [report]
 * @property {unknown} [problem]
 */

/**
 * @param {import('../../src/index.js').SessionEvent} event
 * @returns {LedgerLine | undefined}
 */
export const lineOf = (event) => {
  const { session, type } = event;
  switch (event.type) {
    case 'asked':
      return { session, type, name: event.asked.options.streamName ?? '' };
    case 'accepted':
    case 'durable':
    case 'delivered':
      return { session, type, index: event.chunk.index, items: event.chunk.items };
    case 'lost':
    case 'rejected':
      return { session, type, index: event.chunk.index, items: event.chunk.items, problem: event.problem };
    case 'closed':
      return { session, type, report: event.report };
    case 'gaveUp':
      return { session, type, report: event.report, problem: event.problem };
    case 'damaged':
      return { session, type, problem: event.problem };
    case 'recovered':
      return { session, type };
    default:
      return undefined;
  }
};
