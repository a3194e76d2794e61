/** Speech recognition without key, root or network: pocketsphinx in child processes. English only. */
import type { Logger } from '../../../telemetry/logger.js';
import { FRAME_MS, ProviderError, type Recognition, type SpeechToText } from '../../ports.js';
import type { RecognizerChild } from './recognizer-child.js';
import { RecognizerPool, type Lease } from './recognizer-pool.js';

export interface LocalSpeechToTextOptions {
  /** Interpreter and module directory, from `ensurePocketsphinx`. */
  python: string;
  sitePackages: string;
  /** Most utterances recognised at once, each in a process of 110 MB that is started when needed. Default 2. */
  processes?: number;
  /** Longest wait from `finish` to the words, waiting in line included, in milliseconds. Default 10,000. */
  finishTimeoutMs?: number;
  logger: Logger;
}

const DEFAULT_PROCESSES = 2;
const DEFAULT_FINISH_TIMEOUT_MS = 10_000;
/** Nobody speaks so long without a pause; sound beyond it is dropped, so that a stuck line cannot fill the memory. */
const LONGEST_UTTERANCE_MS = 180_000;

/**
 * Starts one process at once. Frames are decoded while the caller speaks (0.2 of real time); the words come 60–300 ms after
 * the last frame, longer utterances later. They are lower-case, without punctuation.
 * @throws ProviderError from `finish`: `unavailable` (the process died during the utterance; the next one gets a fresh
 * process), `timeout`. Aborting rejects with the signal's reason.
 */
export function createLocalSpeechToText(options: LocalSpeechToTextOptions): SpeechToText {
  const pool = new RecognizerPool(options, options.processes ?? DEFAULT_PROCESSES);
  const finishTimeoutMs = options.finishTimeoutMs ?? DEFAULT_FINISH_TIMEOUT_MS;
  return {
    name: 'local:pocketsphinx',
    start: () => new Utterance(pool.lease(), finishTimeoutMs),
    close: () => pool.close(),
  };
}

class Utterance implements Recognition {
  private child: RecognizerChild | undefined;
  /** Resolves when the process is ours and has been given the frames that waited. */
  private readonly handed: Promise<RecognizerChild>;
  private waiting: Int16Array[] = [];
  private heardMs = 0;
  private over = false;

  constructor(
    private readonly lease: Lease,
    private readonly finishTimeoutMs: number,
  ) {
    this.handed = lease.child.then((child) => {
      if (this.over) return child;
      child.begin();
      for (const frame of this.waiting.splice(0)) child.hear(frame);
      return (this.child = child);
    });
    this.handed.catch(() => undefined);
  }

  push(frame: Int16Array): void {
    if (this.over || this.heardMs >= LONGEST_UTTERANCE_MS) return;
    this.heardMs += FRAME_MS;
    // Copied: the caller may use its frame again while ours waits in the pipe.
    const own = frame.slice();
    if (this.child) this.child.hear(own);
    else this.waiting.push(own);
  }

  partial(): string {
    // Once it is over the process may be hearing somebody else.
    return this.child && !this.over ? cleanWords(this.child.partial) : '';
  }

  async finish(signal: AbortSignal): Promise<string> {
    if (this.over) throw new ProviderError('stt', 'refused', 'This utterance is over.');
    const limit = AbortSignal.timeout(this.finishTimeoutMs);
    try {
      const words = this.handed.then((child) => (this.over ? '' : child.finish()));
      return cleanWords(await orAborted(words, AbortSignal.any([signal, limit])));
    } catch (error) {
      if (signal.aborted || !limit.aborted) throw error;
      // Late although it was its turn: the process hangs.
      this.child?.kill();
      const message = `The recogniser gave no words within ${this.finishTimeoutMs} ms.`;
      throw new ProviderError('stt', 'timeout', message, { cause: error });
    } finally {
      this.cancel();
    }
  }

  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.waiting = [];
    this.child?.cancel();
    this.lease.release();
  }
}

/** The promise's outcome, or the signal's reason when that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

/**
 * The decoder's words as plain text: lower case, single spaces, no marks for silence and noise (`<sil>`, `[NOISE]`,
 * `++breath++`), no numbers of alternative pronunciations (`a(2)`).
 */
export function cleanWords(hypothesis: string): string {
  return hypothesis
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => !/^(<.*>|\[.*\]|\+\+.*\+\+)$/.test(word))
    .map((word) => word.replace(/\(\d+\)$/, ''))
    .join(' ')
    .trim();
}
