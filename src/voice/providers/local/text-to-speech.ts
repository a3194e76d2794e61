/** Speech without key, root or network: flite compiled to WebAssembly, in a worker thread. English only. */
import { parseWav } from '../../audio/wav.js';
import type { TextToSpeech } from '../../ports.js';
import { createClauseSplitter } from '../../session/clause-splitter.js';
import { createFliteEngine, type FliteEngine, type FliteEngineOptions } from './flite-engine.js';

/** Voices compiled into the module. Recognition hears `slt` and `rms` best and `kal` badly. */
export const localVoices = ['slt', 'rms', 'awb', 'kal'] as const;
export type LocalVoice = (typeof localVoices)[number];

export interface LocalTextToSpeechOptions extends FliteEngineOptions {
  /** Voice of every `speak`. Default `slt`. */
  voice?: LocalVoice;
}

/** flite's own names: its `kal` is 8 kHz, `kal16` the same speaker at the rate of a call. All others are 16 kHz. */
const engineVoices: Record<LocalVoice, string> = { slt: 'slt', rms: 'rms', awb: 'awb', kal: 'kal16' };

/**
 * Starts the thread at once. `speak` cuts long text into clauses: the first one sounds while the next is made. Numbers are
 * read as written: digits with spaces between them one by one, `5550100` as one long number.
 * @throws ProviderError from `speak`: see `FliteEngine.speak`. Aborting rejects with the signal's reason.
 */
export function createLocalTextToSpeech(options: LocalTextToSpeechOptions): TextToSpeech {
  const engine = createFliteEngine(options);
  const voice = options.voice ?? 'slt';
  return {
    name: `local:${voice}`,
    speak: (text, signal) => speech(engine, engineVoices[voice], text, signal),
    close: () => engine.close(),
  };
}

async function* speech(
  engine: FliteEngine,
  voice: string,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Int16Array, void, undefined> {
  const leaving = new AbortController();
  const either = AbortSignal.any([signal, leaving.signal]);
  const clauses = speakableClauses(text).values();
  const begin = (): Promise<Uint8Array> | undefined => {
    const clause = clauses.next();
    const wav = clause.done ? undefined : engine.speak(voice, clause.value, either);
    // The reader may stop before it comes to this clause; then nobody waits for its failure.
    wav?.catch(() => undefined);
    return wav;
  };
  try {
    for (let coming = begin(); coming;) {
      const samples = parseWav(await coming);
      coming = begin();
      yield samples;
      signal.throwIfAborted();
    }
  } finally {
    leaving.abort();
  }
}

/** The clauses of a text, in the plain ASCII that flite reads; clauses with nothing to pronounce are left out. */
function speakableClauses(text: string): string[] {
  const splitter = createClauseSplitter();
  return [...splitter.push(plainAscii(text)), ...splitter.flush()].filter((clause) =>
    /[a-z0-9]/i.test(clause),
  );
}

/** Letters lose their accents, typographic quotes and dashes become plain ones, the rest becomes a space. */
function plainAscii(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s*[\u2013\u2014]\s*/g, ', ')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ');
}
