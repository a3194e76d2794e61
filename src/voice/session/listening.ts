/**
 * One utterance being recognised, in one piece or in several. An early commit asks for the words of what has been heard;
 * when the caller goes on after it, the next piece goes to a fresh recognition, and the words are joined. Not a frame is
 * lost between: those since the commit are kept.
 */
import { FRAME_SAMPLES, type Recognition, type SpeechToText } from '../ports.js';
import { within } from './deadline.js';

/** Recognisers refuse pieces under 100 ms (OpenAI: input_audio_buffer_commit_empty) and hear better after some silence. */
const LEAD_IN_FRAMES = 5;

export class Listening {
  readonly #stt: SpeechToText;
  readonly #timeoutMs: number;
  /** Hears the piece that is being said; undefined after an early commit, until the caller goes on. */
  #recognition: Recognition | undefined;
  /** Words of the pieces committed so far, each on its way, and as the recogniser had them at the commit. */
  readonly #pieces: Promise<string>[] = [];
  readonly #known: string[] = [];
  /** Recognitions that owe words. */
  readonly #committed = new Set<Recognition>();
  #since: Int16Array[] = [];

  /** @param timeoutMs longest wait for the words of one piece. */
  constructor(stt: SpeechToText, timeoutMs: number) {
    this.#stt = stt;
    this.#timeoutMs = timeoutMs;
    this.#recognition = stt.start();
  }

  push(frame: Int16Array): void {
    if (this.#recognition) this.#recognition.push(frame);
    else this.#since.push(frame);
  }

  /** True from an early commit until the caller goes on. */
  get committed(): boolean {
    return this.#recognition === undefined;
  }

  /** All words so far; undefined where the engine tells none before the end, or while it finishes. */
  partial(): string | undefined {
    const words = this.#recognition?.partial?.();
    return words === undefined ? undefined : joined([...this.#known, words]);
  }

  /**
   * Asks for all words heard so far, earlier pieces included; '' when there were none. Audio that follows is kept for
   * `goOn`. Asked again before that, it gives the same words.
   * @throws ProviderError
   */
  commit(): Promise<string> {
    const recognition = this.#recognition;
    if (recognition) {
      const at = this.#known.push((recognition.partial?.() ?? '').trim()) - 1;
      this.#recognition = undefined;
      const words = this.#finish(recognition);
      words.then(
        (text) => (this.#known[at] = text),
        () => undefined,
      );
      this.#pieces.push(words);
    }
    const all = Promise.all(this.#pieces).then(joined);
    // Whoever asked may have turned to something else by the time it fails.
    all.catch(() => undefined);
    return all;
  }

  /** The caller goes on after an early commit. */
  goOn(): void {
    if (this.#recognition) return;
    this.#recognition = this.#stt.start();
    for (let n = 0; n < LEAD_IN_FRAMES; n++) this.#recognition.push(new Int16Array(FRAME_SAMPLES));
    for (const frame of this.#since) this.#recognition.push(frame);
    this.#since = [];
  }

  /** Gives everything back without a result. */
  cancel(): void {
    this.#recognition?.cancel();
    for (const recognition of this.#committed) recognition.cancel();
  }

  async #finish(recognition: Recognition): Promise<string> {
    this.#committed.add(recognition);
    try {
      const words = await within('stt', this.#timeoutMs, (signal) => recognition.finish(signal));
      return words.trim();
    } catch (error) {
      recognition.cancel();
      throw error;
    } finally {
      this.#committed.delete(recognition);
    }
  }
}

const joined = (pieces: readonly string[]): string => pieces.filter((piece) => piece !== '').join(' ');
