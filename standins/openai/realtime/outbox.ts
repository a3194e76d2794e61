import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { StreamFault } from '../script.js';
import type { Refusal } from './configuration.js';

/** Sends the server's events of one socket, and lets a scripted fault spoil the answer to a commit. */
export class Outbox {
  private fault: StreamFault | undefined;
  private sentSinceFault = 0;

  constructor(private readonly socket: WebSocket) {}

  /** From here on the fault acts, after as many events as it says. */
  spoil(fault: StreamFault | undefined): void {
    this.fault ??= fault;
  }

  send(type: string, fields: object = {}): void {
    if (this.fault && this.sentSinceFault >= this.fault.afterChunks) {
      this.breakOff(this.fault.kind);
      return;
    }
    if (this.fault) this.sentSinceFault += 1;
    this.socket.send(JSON.stringify({ type, event_id: `event_${randomUUID()}`, ...fields }));
  }

  refuse(refusal: Refusal, eventId: string | undefined): void {
    const { code, message, param } = refusal;
    this.send('error', {
      error: {
        type: 'invalid_request_error',
        code,
        message,
        param: param ?? null,
        event_id: eventId ?? null,
      },
    });
  }

  private breakOff(kind: StreamFault['kind']): void {
    if (kind === 'cut') this.socket.terminate();
    if (kind === 'end') this.socket.close(1000);
    if (kind === 'garbage') this.socket.send('{"type":"conversation.item.inp');
    // `stall`: the socket stays open and nothing more is said.
  }
}
