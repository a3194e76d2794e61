export interface SweepReport {
  firms: number;
  /** Events that nobody had taken up. */
  events: number;
  /** Alerts that nobody had been told of. */
  alerts: number;
}

/** Served on the core task queue. */
export interface OutboxActivities {
  /** Takes up, in every firm, what is still to be told to the outside. */
  sweepOutbox(): Promise<SweepReport>;
}
