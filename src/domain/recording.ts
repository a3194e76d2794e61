/**
 * When a call may be recorded. All parties must have agreed wherever the caller may be (area codes prove no place), so
 * every call is taken as all-party: the caller was told, and then said yes. The notice alone is never enough.
 */
import { replay } from './agent/replay.js';
import { CARD_REMOVED } from './extract/cards.js';
import { asksToErase, speaksOfRecording } from './extract/consents.js';
import { utterance } from './extract/utterance.js';
import type { FirmProfile } from './firm.js';
import type { Turn } from './turn.js';

/** The caller's yes: which turn said it, and when that turn ended (epoch milliseconds). */
export interface RecordingConsent {
  turn: number;
  atMs: number;
}

export type RecordingRuling =
  /** Nobody has agreed (yet), or this firm never records. */
  | { record: 'no' }
  | { record: 'yes'; consent: RecordingConsent }
  /** The caller took the yes back: what follows is not recorded, whatever is said later. */
  | { record: 'stopped'; turn: number; erase: boolean };

/** Whether the firm asks its callers at all. It does unless its profile says `never`: the greeting asks everybody. */
export const asksToRecord = (firm: FirmProfile): boolean => firm.recording !== 'never';

/**
 * What the turns so far allow. Cheap when called again with the same turn objects and one more.
 * @param turns the whole call so far in order, as heard.
 * @param firm the firm as it was when the call began.
 */
export function recordingRuling(turns: readonly Turn[], firm: FirmProfile): RecordingRuling {
  if (!asksToRecord(firm)) return { record: 'no' };
  const { facts } = replay(turns, firm, turns[0]?.atMs ?? 0);
  const now = facts.consents.recording;
  const before = facts.corrections.flatMap(({ path, was }) => (path === 'consents.recording' ? [was] : []));
  const said = now ? [...before, now] : before;
  const granted = said.findIndex((one) => one.value === 'granted');
  const refusal = granted < 0 ? undefined : said.slice(granted).find((one) => one.value === 'refused');
  if (refusal) return { record: 'stopped', turn: refusal.turn, erase: turns.some(erases) };
  const yes = turns.find((turn) => turn.number === said[granted]?.turn);
  if (!yes || !wasTold(turns, yes)) return { record: 'no' };
  return { record: 'yes', consent: { turn: yes.number, atMs: yes.atMs } };
}

const erases = (turn: Turn): boolean => turn.role === 'caller' && asksToErase(utterance(turn.text));

/** A yes to a greeting that was cut off before its notice is no yes to it; who names the recording knows of it. */
const wasTold = (turns: readonly Turn[], yes: Turn): boolean =>
  turns.some(
    (turn) =>
      (turn === yes || (turn.role === 'agent' && turn.number < yes.number)) &&
      speaksOfRecording(utterance(turn.text)),
  );

/** The words held a card number: neither may the sound (PCI DSS 3.3.1 knows no exception for encrypted audio). */
export const heldCard = (turn: Turn): boolean => turn.role === 'caller' && turn.text.includes(CARD_REMOVED);
