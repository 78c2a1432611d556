/** How far this computer's clock is from the platform's: reference time = host time + `offsetMs`. */
export interface ClockReading {
  readonly offsetMs: number;
  /** Half the round trip of the sample: the true offset is within this of `offsetMs`. */
  readonly uncertaintyMs: number;
  /** Host time of the reading, ms UTC. */
  readonly takenAt: number;
}
