/** The most angles that a turn is divided into: one a degree. */
const mostAngles = 360;

/** How the sample of a stream turns. */
export interface Rotation {
  /** 0 for a sample that stands still. */
  readonly framesPerTurn: number;
  readonly fps: number;
}

/**
 * The angles that the frames of a stream are divided into, degrees: as many as a turn has frames, at most 360, the first frame's being 0.
 * A sample that stands still has angle 0 alone.
 */
export const angleCount = ({ framesPerTurn, fps }: Rotation): number =>
  framesPerTurn > 0 && fps > 0 ? Math.min(mostAngles, Math.max(1, Math.round(framesPerTurn))) : 1;

/** The angle nearest to that of a frame, by its time since the first frame: a hole in the frames shifts nothing. */
export const frameAngle = (seconds: number, rotation: Rotation): number => {
  const count = angleCount(rotation);
  if (count === 1) return 0;
  const turns = (seconds * rotation.fps) / rotation.framesPerTurn;
  return ((Math.round((turns - Math.floor(turns)) * count) % count) * 360) / count;
};
