/** What one look at the installation found. */
export interface Finding {
  readonly check: 'node' | 'zstd' | 'encoder' | 'endpoint' | 'key' | 'clock' | 'spool' | 'space';
  readonly isWell: boolean;
  /** What was found. */
  readonly says: string;
  /** What to do when it is not well. */
  readonly advice?: string;
}

export const well = (check: Finding['check'], says: string): Finding => ({ check, isWell: true, says });

export const unwell = (check: Finding['check'], says: string, advice: string): Finding => ({
  check,
  isWell: false,
  says,
  advice,
});

/** A finding as lines for a person. */
export const findingText = ({ check, isWell, says, advice }: Finding): string =>
  `${isWell ? 'ok ' : 'NOT'} ${check.padEnd(8)} ${says}${advice === undefined ? '' : `\n             → ${advice}`}`;
