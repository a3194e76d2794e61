/** Speech and language for fuzzed calls: at once, in this process, and as unreliable as hosted ones on a bad day. */
import { createScriptedLanguageModel } from '../../src/voice/providers/scripted/language-model.js';
import { ProviderError, type Providers } from '../../src/voice/ports.js';
import type { Dice } from './dice.js';
import { wordsOf } from './words.js';

/** Upstream work that is under way; all zero when no call is. */
export interface OpenWork {
  recognitions: number;
  speeches: number;
}

const FAILING = 0.03;
/** Samples of one piece of speech; short, so that many turns fit a run. */
const PIECE = 800;

export function createEngines(dice: Dice): { providers: Providers; open: OpenWork } {
  const open: OpenWork = { recognitions: 0, speeches: 0 };
  const providers: Providers = {
    llm: createScriptedLanguageModel(),
    stt: { name: 'fuzz', start: () => recognition(dice, open), close: () => Promise.resolve() },
    tts: { name: 'fuzz', speak: (text) => speech(text, dice, open), close: () => Promise.resolve() },
  };
  return { providers, open };
}

function recognition(dice: Dice, open: OpenWork): ReturnType<NonNullable<Providers['stt']>['start']> {
  let running = true;
  let frames = 0;
  open.recognitions += 1;
  const cancel = (): void => {
    if (running) open.recognitions -= 1;
    running = false;
  };
  return {
    push: () => void (frames += 1),
    partial: () => (frames > 20 ? 'yes' : ''),
    async finish(signal) {
      await new Promise((resolve) => setTimeout(resolve, dice.upTo(10)));
      cancel();
      signal.throwIfAborted();
      if (dice.chance(FAILING)) throw new ProviderError('stt', 'garbage', 'fuzz');
      return dice.chance(0.1) ? '' : wordsOf(dice);
    },
    cancel,
  };
}

async function* speech(text: string, dice: Dice, open: OpenWork): AsyncGenerator<Int16Array> {
  open.speeches += 1;
  try {
    for (let left = Math.min(text.length, 40); left > 0; left -= 10) {
      await new Promise((resolve) => setImmediate(resolve));
      if (dice.chance(FAILING / 4)) throw new ProviderError('tts', 'unavailable', 'fuzz');
      yield new Int16Array(1 + dice.upTo(PIECE)).fill(900);
    }
  } finally {
    open.speeches -= 1;
  }
}
