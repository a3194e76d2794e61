import type { CallHeader, JournalEvent } from '../ports.js';
import { decodeRecord, leavesCallLive, type Seal } from './records.js';
import type { LeftSegment } from './segment-log.js';

/** An event on its way to the intake. */
export interface Entry {
  readonly at: number;
  readonly call: CallHeader;
  readonly event: JournalEvent;
  /** Segment that holds it durably; null while none does. */
  segment: number | null;
  /** It has been given to delivery. */
  offered: boolean;
  handedOver: boolean;
}

/** What is known of one call that still matters. */
export interface LeftCall {
  header: CallHeader;
  /** Not handed over yet, in order. */
  pending: Entry[];
  handedOverUpTo: number;
  /** It had no end: the process died in mid-call. */
  live: boolean;
}

export interface Recovered {
  calls: LeftCall[];
  lastPosition: number;
  lastSegment: number;
  /** Segments whose last write was cut off: normal after a crash; the cut event was never reported as safe. */
  tornTails: number;
  /** Complete lines that cannot be read: not normal. */
  damagedLines: number;
}

/** The journal was written with another key; going on would lose what callers said. */
export class JournalKeyError extends Error {
  override readonly name = 'JournalKeyError';
}

/**
 * Works out what an earlier process left to do.
 * @throws JournalKeyError when there are lines and not one of them can be opened.
 */
export function recover(segments: readonly LeftSegment[], seal: Seal): Recovered {
  const calls = new Map<string, CallTrace>();
  const traceOf = (header: CallHeader): CallTrace => {
    const known = calls.get(header.callId) ?? { header, events: new Map<number, Entry>() };
    calls.set(header.callId, known);
    return known;
  };
  const upTo = new Map<string, number>();
  const raise = (callId: string, position: number): void => {
    upTo.set(callId, Math.max(position, upTo.get(callId) ?? 0));
  };
  let damagedLines = 0;
  let lines = 0;
  let lastPosition = 0;
  for (const segment of segments)
    for (const line of segment.lines) {
      const record = decodeRecord(line, seal);
      lines += 1;
      if (record) lastPosition = Math.max(lastPosition, record.is === 'event' ? record.at : record.upTo);
      if (!record) damagedLines += 1;
      else if (record.is === 'event')
        traceOf(record.call).events.set(record.at, {
          at: record.at,
          call: record.call,
          event: record.event,
          segment: segment.number,
          offered: false,
          handedOver: false,
        });
      else if (record.is === 'handed_over') raise(record.callId, record.upTo);
      else {
        traceOf(record.call);
        raise(record.call.callId, record.upTo);
      }
    }
  if (lines > 0 && damagedLines === lines) {
    throw new JournalKeyError(
      'The call journal was sealed with another key. Restore HERMES_SECRET_KEY, or move the journal directory away if its calls may be lost.',
    );
  }
  const left = [...calls.values()].map((trace) => leftOf(trace, upTo.get(trace.header.callId) ?? 0));
  return {
    calls: left.filter((call) => call.live || call.pending.length > 0),
    lastPosition,
    lastSegment: segments.at(-1)?.number ?? 0,
    tornTails: segments.filter((segment) => segment.torn).length,
    damagedLines,
  };
}

interface CallTrace {
  header: CallHeader;
  events: Map<number, Entry>;
}

function leftOf({ header, events }: CallTrace, handedOverUpTo: number): LeftCall {
  const inOrder = [...events.values()].sort((a, b) => a.at - b.at);
  const last = inOrder.at(-1);
  return {
    header,
    pending: inOrder.filter((entry) => entry.at > handedOverUpTo),
    handedOverUpTo,
    // A call known only from a segment's head was live when that segment began and nothing has ended it since.
    live: last === undefined || leavesCallLive(last.event),
  };
}
