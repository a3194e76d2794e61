/** Lines of the journal: what is written, sealed, one per line in base64. */
import { z } from 'zod';
import { CallId, TenantId } from '../../domain/ids.js';
import { EndReason, Turn } from '../../domain/turn.js';

const Call = z.object({ tenantId: TenantId, callId: CallId, startedAtMs: z.number() });
const Position = z.int().min(1);
const Event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('turn'), turn: Turn }),
  z.object({ kind: z.literal('connection_lost'), atMs: z.number() }),
  z.object({ kind: z.literal('connection_restored'), atMs: z.number() }),
  z.object({ kind: z.literal('ended'), reason: EndReason, atMs: z.number(), lastTurn: z.int().min(0) }),
]);

/** `at` is the position in the whole journal: it grows by one with every event and is never used again. */
export const JournalRecord = z.discriminatedUnion('is', [
  z.object({ is: z.literal('event'), at: Position, call: Call, event: Event }),
  /** Everything of this call up to and including `upTo` has been handed over. */
  z.object({ is: z.literal('handed_over'), callId: CallId, upTo: Position }),
  /** At the head of a segment, for each call still going on: older segments need not be kept to know of it. */
  z.object({ is: z.literal('live'), call: Call, upTo: z.int().min(0) }),
]);
/** Whether a call is being talked on after this, as far as anybody knows. */
export const leavesCallLive = ({ kind }: z.infer<typeof Event>): boolean =>
  kind === 'turn' || kind === 'connection_restored';

export type JournalRecord = z.infer<typeof JournalRecord>;

/** Encrypts and decrypts one record. `open` throws when the bytes are not what `seal` made with the same key. */
export interface Seal {
  seal: (plain: Uint8Array) => Uint8Array;
  open: (sealed: Uint8Array) => Uint8Array;
}

/** One line, newline included. */
export function encodeRecord(record: JournalRecord, { seal }: Seal): string {
  return Buffer.from(seal(Buffer.from(JSON.stringify(record)))).toString('base64') + '\n';
}

/** @returns the record, or null when the line is damaged or sealed with another key. */
export function decodeRecord(line: string, { open }: Seal): JournalRecord | null {
  try {
    const plain = Buffer.from(open(Buffer.from(line, 'base64'))).toString('utf8');
    return JournalRecord.parse(JSON.parse(plain));
  } catch {
    return null;
  }
}
