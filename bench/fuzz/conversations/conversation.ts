import type { Dice } from '../dice.js';
import type { Packet } from '../packet.js';

/** How callers of one transport talk when they keep to the protocol. */
export interface Conversation {
  /** The transport; also the last part of its path on the fuzzed edge. */
  name: 'native' | 'twilio' | 'realtime';
  /** What the request for the socket carries beside its path: this transport takes the token there. */
  headers?(token: string): Record<string, string>;
  /** A valid conversation, from the first message to the last. */
  packets(token: string, dice: Dice): Iterable<Packet>;
}
