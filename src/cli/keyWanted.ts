import type { Problem } from '../model/problem.js';

/** The key that delivery waits for after such a problem: none when a key would not help. */
export const keyWanted = (problem: Pick<Problem, 'status'> | undefined): string | undefined => {
  if (problem?.status === 401) return 'a key that works';
  return problem?.status === 403 ? 'a key that may stream' : undefined;
};
