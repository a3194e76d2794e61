import type { EndReason } from '../../../domain/turn.js';
import type { CallHeader } from '../../ports.js';
import type { TransportDeps } from '../transport-deps.js';

export interface TwilioDeps extends TransportDeps {
  /**
   * The session is over and its stream is about to be closed, which makes the telephone network go on with the next
   * instruction. Whoever answers that must know by then how the call ended; waited for up to a second.
   * @param whisper what a person who takes over shall hear first.
   */
  onEnded: (header: CallHeader, reason: EndReason, whisper?: string) => Promise<void>;
}
