import type { RheedResultsReply } from '../ingest/codecs.js';
import { angleCount, frameAngle, type Rotation } from './frameAngle.js';

type AngleEntry = RheedResultsReply['series_by_angle'][number];
export type FrameEntry = AngleEntry['series'][number];

/** Frames that were looked at, by the angle that they were seen from. */
export class AngleSeries {
  readonly #byAngle = new Map<number, FrameEntry[]>();

  /** @param most frames that are wanted of each angle */
  constructor(
    private readonly rotation: Rotation,
    private readonly most: number,
  ) {}

  /** Whether there is nothing left to want. */
  get isFull(): boolean {
    const full = [...this.#byAngle.values()].filter(({ length }) => length >= this.most);
    return full.length === angleCount(this.rotation);
  }

  /** Takes in a frame, of two the later one first. */
  add(frame: FrameEntry): void {
    const angle = frameAngle(frame.relative_time_seconds, this.rotation);
    const frames = this.#byAngle.get(angle) ?? [];
    this.#byAngle.set(angle, frames);
    if (frames.length < this.most) frames.push(frame);
  }

  /** By angle, the frames of each in their order. */
  list(): AngleEntry[] {
    const angles = [...this.#byAngle].sort(([a], [b]) => a - b);
    return angles.map(([angle, frames]) => ({ angle, series: frames.toReversed() }));
  }
}
