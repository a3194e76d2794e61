import type { EndpointCause } from '../../domain/turntaking/rules.js';
import type { Vad } from '../audio/vad.js';
import type { SpeechToText } from '../ports.js';
import type { SessionOptions } from './options.js';

/** A finished utterance. */
export interface Utterance {
  /** All that was said, '' when there were no words. Rejects with ProviderError. */
  words: Promise<string>;
  /** When its last voiced frame arrived, on the monotonic clock. */
  lastVoicedAtMs: number;
  cause: EndpointCause;
}

/** An utterance whose end is likely: a `Utterance` with the same words follows, or the caller goes on. */
export interface LikelyUtterance extends Omit<Utterance, 'cause'> {
  /** The words as the recogniser has them already; '' when it has none. */
  partial: string;
}

export interface EarDeps {
  stt: SpeechToText;
  vad: Vad;
  nowMs: () => number;
  options: Pick<SessionOptions, 'rules' | 'preRollMs' | 'sttTimeoutMs'>;
  /** Asked at each likely end: may this process afford an answer that may be thrown away? */
  mayPrepareEarly: () => boolean;
  onSpeech: () => void;
  /** What began was no utterance. */
  onDismissed: () => void;
  onLikelyEnd: (utterance: LikelyUtterance) => void;
  /** The caller goes on after a likely end, or it was no utterance. */
  onWentOn: () => void;
  onUtterance: (utterance: Utterance) => void;
  onBargeIn: () => void;
}
