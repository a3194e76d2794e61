/** One utterance recognised over a realtime transcription socket, while the caller is still speaking. */
import { ProviderError, type Recognition } from '../../ports.js';
import { AudioUplink } from './audio-uplink.js';
import { kindOf } from './failure.js';
import { Loudness } from './loudness.js';
import { Outcome } from './outcome.js';
import type { Generation } from './realtime-greeting.js';
import { CONFIGURE_ID, type RealtimeSocket, type SocketListener } from './realtime-socket.js';
import { TranscriptItems } from './transcript-items.js';
import { readTranscriptionEvent, type TranscriptionEvent } from './transcription-events.js';
import { uplinkFormatFor, type TranscriptionSettings } from './transcription-session.js';

const COMMIT_ID = 'commit';

/**
 * The socket belongs to this utterance alone: in a session that is used again, what one caller said may colour what the
 * model hears from the next, the transcript of a cancelled utterance may come late and be taken for the next one's, and
 * nothing in the API empties a session of its items for certain. A spare socket, ready before the caller speaks, gives
 * the same speed without that.
 *
 * When the utterance is over is our decision in both styles. A server that detects turns commits by itself at pauses,
 * so that most words are final before we ask; what it has not committed by then, we commit.
 */
export class RealtimeRecognition implements Recognition {
  private readonly socket: RealtimeSocket;
  private uplink: AudioUplink | undefined;
  /** What the caller says before the server has greeted. */
  private early: Int16Array[] = [];
  private readonly items = new TranscriptItems();
  private readonly loudness = new Loudness();
  private finishing = false;
  /** Our commit has been answered, or was not needed. */
  private answered = false;
  private open = true;
  private readonly outcome = new Outcome<string>();

  /**
   * @param takeSocket a socket that has served nobody, ready or still connecting, for this listener.
   * @param ended called once, when everything has been given back.
   */
  constructor(
    private readonly settings: TranscriptionSettings,
    takeSocket: (listener: SocketListener) => RealtimeSocket,
    private readonly ended: () => void,
  ) {
    this.socket = takeSocket({
      ready: (generation) => this.begin(generation),
      message: (text) => this.take(readTranscriptionEvent(text)),
      failed: (error) => this.end(error),
    });
  }

  push(frame: Int16Array): void {
    if (!this.open || this.finishing) return;
    if (this.settings.turnDetection === 'server') this.loudness.push(frame);
    if (this.uplink) this.uplink.push(frame);
    else this.early.push(frame);
  }

  partial(): string {
    return this.items.text;
  }

  async finish(signal: AbortSignal): Promise<string> {
    const { timeoutMs } = this.settings;
    const abort = () => this.end(signal.reason);
    const timer = setTimeout(() => {
      this.fail('timeout', `No transcript came within ${timeoutMs} ms of the last word.`);
    }, timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      if (this.open && !this.finishing) {
        this.finishing = true;
        this.conclude();
      }
      return await this.outcome.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.cancel();
    }
  }

  cancel(): void {
    this.end(new DOMException('The recognition was cancelled.', 'AbortError'));
  }

  private begin(generation: Generation): void {
    if (!this.open) return;
    this.uplink = new AudioUplink(uplinkFormatFor(generation, this.settings), (message) => {
      this.socket.send(message);
    });
    for (const frame of this.early) this.uplink.push(frame);
    this.early = [];
    if (this.finishing) this.conclude();
  }

  /**
   * Commits what the server has not committed itself. After an end of speech that it has found, only the caller's
   * silence is left: to have that transcribed takes time, and models hear words in it.
   */
  private conclude(): void {
    if (!this.uplink) return;
    if (this.loudness.lastMs <= this.items.heardUntilMs) this.answered = true;
    else {
      this.uplink.flush();
      this.socket.send(`{"type":"input_audio_buffer.commit","event_id":"${COMMIT_ID}"}`);
    }
    this.settle();
  }

  private take(event: TranscriptionEvent): void {
    if (event.kind === 'other') return;
    if (event.kind === 'error') this.takeError(event);
    else this.items.take(event);
    this.settle();
  }

  private settle(): void {
    const { failure, holdsOurs, complete } = this.items;
    if (failure !== undefined) this.fail('garbage', `The server could not transcribe (${failure}).`);
    else if (this.finishing && (this.answered || holdsOurs) && complete)
      this.outcome.resolve(this.items.finalText);
  }

  /** Most errors leave the session usable. Ours are the refused configuration, and any that answers our commit. */
  private takeError({ eventId, code, tooShort }: TranscriptionEvent & { kind: 'error' }): void {
    const unnamed = eventId === undefined && this.finishing;
    if (eventId !== CONFIGURE_ID && eventId !== COMMIT_ID && !unnamed) return;
    if (tooShort) this.answered = true;
    else this.fail(kindOf(undefined, code), `The server refused (${code}).`);
  }

  private fail(kind: ProviderError['kind'], message: string): void {
    this.end(new ProviderError('stt', kind, message));
  }

  /** Gives everything back. The first outcome stands. */
  private end(reason: unknown): void {
    if (!this.open) return;
    this.open = false;
    this.outcome.reject(reason);
    this.early = [];
    this.uplink?.close();
    this.socket.close();
    this.ended();
  }
}
