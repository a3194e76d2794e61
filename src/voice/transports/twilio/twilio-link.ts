/** The caller's side of a call on a media stream: mu-law frames out, a mark behind each batch, `clear` on barge-in. */
import type { EndReason } from '../../../domain/turn.js';
import { encodeMulaw, MULAW_RATE_HZ } from '../../audio/mulaw.js';
import { createResampler, type Resampler } from '../../audio/resampler.js';
import { SAMPLE_RATE_HZ } from '../../ports.js';
import type { CallerEvent, CallerLink, Playback } from '../../session/link.js';
import type { GuardedSocket } from '../guarded-socket.js';
import { MarkLedger } from './mark-ledger.js';
import { streamWriter } from './messages.js';

export class TwilioLink implements CallerLink {
  readonly #socket: GuardedSocket;
  readonly #writer: ReturnType<typeof streamWriter>;
  readonly #onEnded: (reason: EndReason, whisper?: string) => void;
  /** For the person who takes over. */
  #whisper: string | undefined;
  readonly #marks = new MarkLedger();
  /** The mark that is still to be sent behind the frames of this callback. */
  #mark: string | null = null;
  #resampler: Resampler = createResampler(SAMPLE_RATE_HZ, MULAW_RATE_HZ);

  /** @throws Error when `loadResampler` has not finished. */
  constructor(
    socket: GuardedSocket,
    streamSid: string,
    onEnded: (reason: EndReason, whisper?: string) => void,
  ) {
    this.#socket = socket;
    this.#writer = streamWriter(streamSid);
    this.#onEnded = onEnded;
  }

  sendFrame(frame: Int16Array): void {
    if (this.#mark === null) process.nextTick(() => this.#sendMark());
    this.#mark = this.#marks.sent();
    if (!this.#socket.isOpen) return;
    const mulaw = encodeMulaw(this.#resampler.process(frame));
    if (mulaw.length > 0) this.#socket.write(this.#writer.media(mulaw));
  }

  /** One mark behind a batch of frames: every mark comes back as a message of its own, and 60 ms is less than a syllable. */
  #sendMark(): void {
    if (this.#mark !== null && this.#socket.isOpen) this.#socket.write(this.#writer.mark(this.#mark));
    this.#mark = null;
  }

  /** A caller on the telephone gets audio only; words and notices are for screens. */
  send(event: CallerEvent): void {
    if (event.type === 'clear') this.#clear();
    else if (event.type === 'transfer') this.#whisper = event.summary;
    else if (event.type === 'ended') this.#onEnded(event.reason, this.#whisper);
  }

  openPlayback(): Playback {
    return this.#marks.open();
  }

  echoed(mark: string): void {
    this.#marks.echoed(mark);
  }

  /** Gives the resampler's memory back. */
  close(): void {
    this.#resampler.close();
  }

  #clear(): void {
    this.#marks.cleared();
    this.#mark = null;
    if (!this.#socket.isOpen) return;
    this.#socket.write(this.#writer.clear);
    // The filter still holds 3 ms of the cut-off reply; the next one begins clean.
    this.#resampler.close();
    this.#resampler = createResampler(SAMPLE_RATE_HZ, MULAW_RATE_HZ);
  }
}
