/** What can go wrong with a provider, and how the stand-in is told to do it. */
import type { OpenAiControl } from '../../standins/openai/control.js';

export const stages = ['stt', 'llm', 'tts'] as const;
export type Stage = (typeof stages)[number];

/**
 * slow: the answer comes after 4 s. mute: connected and alive, nothing useful, ever. cut: the connection breaks, in
 * mid-answer where there is one. garbage: something that is not of this API.
 */
export const faults = ['slow', 'mute', 'cut', '429', '500', 'garbage'] as const;
export type FaultName = (typeof faults)[number];

const SLOW_MS = 4_000;
/** The first words, or the first 400 ms of sound, have been heard when the connection breaks. */
const CUT_AFTER = { stt: 0, llm: 3, tts: 10 } as const;

const routes = { stt: 'realtime', llm: 'chat', tts: 'speech' } as const;
const paths = { stt: '/v1/realtime', llm: '/v1/chat/completions', tts: '/v1/audio/speech' } as const;
const paces = { stt: 'transcript', llm: 'chat', tts: 'speech' } as const;

/** From now on, until `heal`, every request to this stage fails in this way. */
export async function breakStage(openai: OpenAiControl, stage: Stage, fault: FaultName): Promise<void> {
  const stream = (kind: 'stall' | 'cut' | 'garbage', afterChunks: number): Promise<void> =>
    openai.streamFault({ route: routes[stage], kind, afterChunks, times: null });
  const match = { path: paths[stage] };
  switch (fault) {
    case 'slow':
      return openai.configure({ [paces[stage]]: { firstMs: SLOW_MS } });
    case 'mute':
      return stream('stall', 0);
    case 'cut':
      return stream('cut', CUT_AFTER[stage]);
    case 'garbage':
      return stream('garbage', 0);
    case '429':
      await openai.fault({ match, times: null, effect: { kind: 'rate_limited', retryAfterSeconds: 1 } });
      return;
    case '500':
      await openai.fault({ match, times: null, effect: { kind: 'status', status: 500 } });
  }
}

/** All is well again, and nothing is left of what was queued. */
export async function heal(openai: OpenAiControl): Promise<void> {
  await openai.reset();
  await openai.configure({
    transcript: { firstMs: 60 },
    chat: { firstMs: 100 },
    speech: { firstMs: 60 },
  });
}
