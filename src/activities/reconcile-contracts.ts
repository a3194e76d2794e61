/** What the reconciler's workflow asks of its activity. Types only. */

export interface ReconcileReport {
  firms: number;
  /** Writes that one side or the other shows as waiting. */
  compared: number;
  /** Rows that contradicted their workflow; they were put right. */
  drift: number;
}

/** Served on the core task queue. */
export interface ReconcileActivities {
  /** Compares the table of writes with Temporal, for all firms, and puts it right. */
  reconcileWrites(): Promise<ReconcileReport>;
}
