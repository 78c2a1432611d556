/**
 * The session of a growth that is watched, and its drafts in the order they are begun: named beforehand, not by chance.
 *
 * @type {`${string}-${string}-${string}-${string}-${string}`}
 */
export const SESSION_ID = '00000000-0000-4000-8000-000000000000';

/** @param {number} nth @returns {`${string}-${string}-${string}-${string}-${string}`} */
export const draftId = (nth) => `11111111-1111-4111-8111-${String(nth).padStart(12, '0')}`;
