/** How many streams there are and how they ended, so that a test can prove that an abort reached us. */
export interface StreamCount {
  /** HTTP streams being written now. */
  open: number;
  /** HTTP streams written to their end. */
  finished: number;
  /** HTTP streams whose reader hung up first. */
  aborted: number;
  /** HTTP streams that a scripted fault ended. */
  broken: number;
  /** Realtime sockets open now, and opened so far. */
  realtimeOpen: number;
  realtimeOpened: number;
  /** Session updates of realtime sockets that were accepted so far. */
  realtimeConfigured: number;
  /** Client sockets that have carried a request and are still connected. */
  connections: number;
}

export const noStreams = (): StreamCount => ({
  open: 0,
  finished: 0,
  aborted: 0,
  broken: 0,
  realtimeOpen: 0,
  realtimeOpened: 0,
  realtimeConfigured: 0,
  connections: 0,
});
